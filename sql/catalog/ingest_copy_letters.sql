COPY pg_temp.ingest_letters FROM STDIN (FORMAT binary)
