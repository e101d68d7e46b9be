SELECT ops.sweep_jobs($1)
