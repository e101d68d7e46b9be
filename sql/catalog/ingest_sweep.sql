-- Dead letters of source $1 that loads which did not end have left without the digest of their file go: loading the file again
-- brings them, so the blocks of those loads are not passed over. Those of loads that run stay; an earlier attempt at job $2 does not.
WITH gone AS (
    DELETE FROM ops.dead_letters AS d
     WHERE d.source = $1 AND d.file_sha256 LIKE 'job:%'
       AND (d.job_id = $2::bigint OR NOT EXISTS (SELECT FROM ops.jobs AS j WHERE j.id = d.job_id AND j.state = 'running'))
    RETURNING d.job_id
)
DELETE FROM ops.loaded_blocks WHERE job_id IN (SELECT job_id FROM gone)
