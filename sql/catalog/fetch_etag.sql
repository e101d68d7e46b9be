-- What source $1 had for request $2 when it was last stored.
SELECT etag FROM ops.etags WHERE source = $1 AND request = md5($2)
