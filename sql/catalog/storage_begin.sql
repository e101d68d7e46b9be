-- A look at the tables that writes nothing and does not queue behind who holds one for good.
BEGIN READ ONLY;
SET LOCAL lock_timeout = '2s';
SET LOCAL search_path = pg_catalog, pg_temp;
