-- Which of the roles $1 this server does not have.
SELECT string_agg(quote_ident(wanted), ', ' ORDER BY wanted) FROM unnest($1::text[]) AS wanted
 WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted)
