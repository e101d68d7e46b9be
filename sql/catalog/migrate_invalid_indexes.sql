-- Indexes that were begun and not ended.
SELECT string_agg(indexrelid::regclass::text, ', ' ORDER BY indexrelid::regclass::text) FROM pg_catalog.pg_index WHERE NOT indisvalid
