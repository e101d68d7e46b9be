-- Rows written, and how many of them were there before.
SELECT written, changed FROM ops.store_channels($1::text[], $2)
