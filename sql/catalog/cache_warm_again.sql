-- Warm set $1 once more, in $3 microseconds, as what it was read from was touched since its pass $2 began: one job for all that.
-- Only where a schedule makes it; a person may have paused that.
SELECT p.job FROM ops.put_job('cache warm', NULL, 'cache warm --touched ' || $1, 'cache warm ' || $1 || ' after ' || $2, 0, $3::bigint,
                              5, NULL, NULL, NULL) AS p
 WHERE EXISTS (SELECT FROM ops.schedules WHERE enabled AND command IN ('cache warm', 'cache warm ' || $1))
