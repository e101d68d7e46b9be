-- At most $1 of the touched hours; how many were computed anew.
SELECT ops.refresh_hours($1::integer)
