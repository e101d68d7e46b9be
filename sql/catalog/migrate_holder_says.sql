-- What the process that holds the lock has said of itself.
SELECT doing, to_char(since, 'YYYY-MM-DD HH24:MI:SSOF'), application, client FROM ops.migrator WHERE pid = $1
