-- The server's encoding, and the way to it: a socket, an address of this machine, the version of TLS.
SELECT current_setting('server_encoding'),
       inet_client_addr() IS NULL,
       coalesce(inet_client_addr() = inet_server_addr() OR inet_client_addr() <<= '127.0.0.0/8'::inet
                OR inet_client_addr() = '::1'::inet, false),
       (SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl)
