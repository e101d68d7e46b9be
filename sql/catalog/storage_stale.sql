-- What is to be analyzed, that with most changes first.
SELECT relation, rows, changed FROM ops.stale_statistics()
