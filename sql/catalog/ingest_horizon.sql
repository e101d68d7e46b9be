-- Days that detailed data are kept, or no row: for ever.
SELECT value::integer FROM ops.settings WHERE name = 'retention_days' AND value ~ '^[1-9][0-9]*$'
