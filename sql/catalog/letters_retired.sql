-- Letters whose rows are stored with this transaction: they leave the list, and loading their file again does not bring them back.
UPDATE ops.dead_letters SET state = 'retried', resolved_at = now() WHERE id = ANY ($1::bigint[]) AND state = 'open'
