-- Whether a file of $3 bytes was loaded by source $1 with mapping $2 and would change nothing; then its digest, rows and rejects.
SELECT sha256, rows_read, rows_rejected FROM ops.loaded_files
 WHERE source = $1 AND mapping = $2 AND bytes = $3::bigint AND is_current
