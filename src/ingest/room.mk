ROOM_ingest =
