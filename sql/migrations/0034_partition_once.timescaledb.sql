-- migrate:up
-- Nothing: chunks are made as rows arrive.
SELECT 1;

-- migrate:down
SELECT 1;
