-- The ledger's days $1 to $2 summed into the fact.
SELECT ops.sum_revenue('sample', $1::date, $2::date)
