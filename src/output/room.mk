ROOM_output =
