-- migrate:up
-- Chunks are made as rows arrive; the upkeep calls the same function on both engines.
CREATE FUNCTION ops.keep_next_partition() RETURNS text
LANGUAGE sql AS 'SELECT NULL::text';

REVOKE EXECUTE ON FUNCTION ops.keep_next_partition() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.keep_next_partition() TO ytempire_owner, ytempire_worker;

-- migrate:down
DROP FUNCTION ops.keep_next_partition();
