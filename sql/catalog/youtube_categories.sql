-- YouTube's names of its categories: ids $1, names $2.
INSERT INTO pg_temp.youtube_categories SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT (id) DO UPDATE SET name = excluded.name
