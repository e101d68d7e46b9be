-- What the server says of TimescaleDB: can be installed; preloaded (only then its settings exist, and these all may see,
-- unlike shared_preload_libraries); made in this database; its licence (NULL until its library is loaded); version.
SELECT EXISTS (SELECT FROM pg_catalog.pg_available_extensions WHERE name = 'timescaledb'),
       EXISTS (SELECT FROM pg_catalog.pg_settings WHERE name LIKE 'timescaledb.%'),
       EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'timescaledb'),
       pg_catalog.current_setting('timescaledb.license', true),
       (SELECT coalesce(installed_version, default_version) FROM pg_catalog.pg_available_extensions WHERE name = 'timescaledb')
