-- One old partition into the order it is read in; which, or NULL.
SELECT ops.cluster_next()
