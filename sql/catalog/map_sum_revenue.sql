-- The days that the ledger of source $1 has changed.
SELECT ops.sum_revenue($1, metric_date, metric_date) FROM (SELECT DISTINCT metric_date FROM pg_temp.mapped_days ORDER BY 1) AS d
