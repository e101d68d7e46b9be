-- Here and now, in this session; never in a transaction.
CALL public.run_job($1::integer)
