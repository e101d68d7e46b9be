-- The transaction of one file. Nobody waits long behind it: what does not get its lock is tried again later.
BEGIN;
SET LOCAL lock_timeout = '1s';
