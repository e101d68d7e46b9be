SELECT name FROM ops.schedules ORDER BY name
