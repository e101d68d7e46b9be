SELECT ops.put_scheduled($1, $2::timestamptz, $3::timestamptz, $4::timestamptz[])
