SELECT EXISTS (SELECT FROM ops.queue_pauses WHERE source = $1)
