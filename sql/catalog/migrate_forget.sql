DELETE FROM ops.migrations WHERE version = $1
