ROOM_local =
