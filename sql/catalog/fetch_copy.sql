COPY pg_temp.ingest_answers FROM STDIN (FORMAT binary)
