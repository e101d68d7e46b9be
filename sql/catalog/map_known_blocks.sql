-- Whether a block was stored from the same bytes ($1), and nothing was changed since in what it fills.
SELECT 1 FROM ops.loaded_blocks WHERE sha256 = $1
