ROOM_conf =
