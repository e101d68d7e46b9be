-- Whether a type has a value: $1 the type as a statement names it, $2 the value.
SELECT EXISTS (SELECT FROM pg_catalog.pg_enum WHERE enumtypid = pg_catalog.to_regtype($1) AND enumlabel = $2)
