COPY pg_temp.mapped FROM STDIN (FORMAT binary)
