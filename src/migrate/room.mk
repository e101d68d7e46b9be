ROOM_migrate =
