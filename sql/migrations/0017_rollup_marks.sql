-- migrate:up
-- What a statement rests on that was written after a look at the state of a rollup: a refresh, or a load that is noted, that
-- comes between the look and the statement changes the mark, and the statement yields no row but an error that says so; it
-- is then written anew. One statement has one snapshot, which these functions share.
CREATE FUNCTION ops.rollup_mark(of_cube text, of_name text) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT s.xmin::text || ':' || (SELECT count(*) FROM ops.rollup_touched AS t WHERE t.cube = s.cube AND t.name = s.name)
      FROM ops.rollup_state AS s WHERE s.cube = of_cube AND s.name = of_name
$$;

CREATE FUNCTION ops.rollup_unchanged(of_cube text, of_name text, mark text) RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    IF ops.rollup_mark(of_cube, of_name) IS DISTINCT FROM mark THEN
        RAISE EXCEPTION 'the rollup %.% has changed since it was chosen', of_cube, of_name USING ERRCODE = 'YT001';
    END IF;
    RETURN true;
END $$;

REVOKE EXECUTE ON FUNCTION ops.rollup_mark(text, text), ops.rollup_unchanged(text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION ops.rollup_mark(text, text), ops.rollup_unchanged(text, text, text)
    TO ytempire_owner, ytempire_worker, ytempire_analyst;

-- migrate:down
DROP FUNCTION ops.rollup_unchanged(text, text, text);
DROP FUNCTION ops.rollup_mark(text, text);
