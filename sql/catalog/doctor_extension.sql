-- Extension $1: its version in this database, and the one that could be made.
SELECT (SELECT extversion FROM pg_extension WHERE extname = $1),
       (SELECT default_version FROM pg_available_extensions WHERE name = $1)
