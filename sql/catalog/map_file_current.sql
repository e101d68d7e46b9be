-- File $2 (its digest) of source $1 is stored as mapping $3 has it, in $4.
UPDATE ops.loaded_files SET mapping = $3, target = $4, is_current = true WHERE source = $1 AND sha256 = $2
