COPY pg_temp.ingest_rows FROM STDIN (FORMAT binary)
