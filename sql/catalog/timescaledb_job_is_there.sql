SELECT EXISTS (SELECT FROM timescaledb_information.jobs WHERE job_id = $1::integer)
