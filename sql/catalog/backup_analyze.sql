-- Statistics are not in a dump.
ANALYZE
