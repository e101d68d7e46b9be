-- The API of source $2 said at its method $3 that project $1 has nothing left today.
SELECT ops.refuse_quota($1, $2, $3)
