ROOM_batch =
