-- Every table of the warehouse, on both engines alike.
SELECT relation, partitions, rows, bytes, compressed_bytes, oldest, newest, upkeep FROM ops.storage()
