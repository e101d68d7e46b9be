COPY pg_temp.ingest_channels FROM STDIN (FORMAT binary)
