-- The rest of the session sees the rows of account $1, given by id or by address; as it is written, else in any case. A row
-- for each account that may be meant: for more than one nothing is set.
WITH meant AS (
    SELECT user_id FROM users.accounts WHERE user_id::text = lower($1) OR email = $1
), alike AS (
    SELECT user_id FROM meant
    UNION
    SELECT user_id FROM users.accounts WHERE lower(email) = lower($1) AND NOT EXISTS (SELECT FROM meant)
)
SELECT CASE WHEN count(*) OVER () = 1 THEN set_config('ytempire.user_id', user_id::text, false) END FROM alike
