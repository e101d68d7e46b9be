-- One exchange of source $1.
INSERT INTO ops.tape (source, job_id, attempt, number, run_at, at, us, method, url, request_body, status, headers, body, whole, bytes, received)
VALUES ($1, $2::bigint, $3::integer, $4::bigint, to_timestamp($5::bigint / 1000000.0), to_timestamp($6::bigint / 1000000.0), $7::bigint,
        $8, $9, $10, $11::integer, $12::text[], $13, $14::boolean, $15::bigint, $16::bigint)
