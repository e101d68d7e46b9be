COPY pg_temp.ingest_videos FROM STDIN (FORMAT binary)
