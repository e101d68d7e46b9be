ROOM_sample =
