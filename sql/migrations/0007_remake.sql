-- migrate:up
-- Makes a table anew with another partitioning ('' is none), with all it had: columns, identity, checks, keys, foreign
-- keys, indexes, grants and rows. This is how a plain table becomes a partitioned one or a hypertable plain again.
CREATE FUNCTION ops.remake_table(relation text, partitioning text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    space    text := split_part(relation, '.', 1);
    name     text := split_part(relation, '.', 2);
    old      regclass := relation::regclass;
    old_name text := left(name, 58) || '_old';
    keys     text[];
    indexes  text[];
    grants   text[];
    columns  text;
    command  text;
    sequence text;
    counter  bigint;
BEGIN
    SELECT array_agg(format('ALTER TABLE %I.%I ADD CONSTRAINT %I %s', space, name, conname, pg_get_constraintdef(oid))
                     ORDER BY array_position(ARRAY['p', 'u', 'f'], contype::text), conname)
      INTO keys FROM pg_constraint WHERE conrelid = old AND contype IN ('p', 'u', 'f') AND conparentid = 0;
    SELECT array_agg(replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ') ORDER BY indexrelid::regclass::text)
      INTO indexes FROM pg_index
     WHERE indrelid = old AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'));
    SELECT array_agg(format('GRANT %s ON %I.%I TO %s', privilege_type, space, name,
                            CASE grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grantee)) END))
      INTO grants FROM pg_class, aclexplode(relacl) WHERE pg_class.oid = old;
    SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum)
      INTO columns FROM pg_attribute WHERE attrelid = old AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
    -- The name of the old sequence must be free for the new one.
    sequence := pg_get_serial_sequence(relation, 'id');
    IF sequence IS NOT NULL THEN
        EXECUTE format('SELECT CASE WHEN is_called THEN last_value END FROM %s', sequence) INTO counter;
        EXECUTE format('ALTER SEQUENCE %s RENAME TO %I', sequence, left(name, 52) || '_old_id_seq');
    END IF;
    EXECUTE format('ALTER TABLE %I.%I RENAME TO %I', space, name, old_name);
    EXECUTE format('CREATE TABLE %I.%I (LIKE %I.%I INCLUDING ALL EXCLUDING INDEXES) %s', space, name, space, old_name, partitioning);
    IF partitioning <> '' THEN
        EXECUTE format('CREATE TABLE parts.%I PARTITION OF %I.%I DEFAULT', name || '_default', space, name);
    END IF;
    EXECUTE format('INSERT INTO %I.%I (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM %I.%I', space, name, columns, columns, space, old_name);
    EXECUTE format('DROP TABLE %I.%I', space, old_name);
    FOREACH command IN ARRAY coalesce(keys, '{}') || coalesce(indexes, '{}') || coalesce(grants, '{}') LOOP
        EXECUTE command;
    END LOOP;
    IF counter IS NOT NULL THEN
        PERFORM setval(pg_get_serial_sequence(relation, 'id'), counter);
    END IF;
END $$;

-- migrate:down
DROP FUNCTION ops.remake_table(text, text);
