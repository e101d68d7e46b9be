ROOM_command =
