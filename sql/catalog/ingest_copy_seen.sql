COPY pg_temp.ingest_seen FROM STDIN (FORMAT binary)
