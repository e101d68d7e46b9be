UPDATE ops.workers SET state = 'gone', busy = 0, leader = false, heartbeat_at = clock_timestamp() WHERE worker = $1
