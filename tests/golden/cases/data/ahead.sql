-- by_day was refreshed last on the 4th of November 2024, as is known of it; by_hour is being built, by_week is of
-- another
-- model, the last refresh of by_month failed.
DELETE FROM parts.rollup_snaps_by_day WHERE "timestamp" >= '2024-11-04';
UPDATE ops.rollup_state SET watermark = '2024-11-04' WHERE cube = 'Snaps' AND name = 'by_day';
UPDATE ops.rollup_state SET state = 'building' WHERE cube = 'Snaps' AND name = 'by_hour';
UPDATE ops.rollup_state SET definition = 'of another model' WHERE cube = 'Snaps' AND name = 'by_week';
UPDATE ops.rollup_state SET state = 'failed' WHERE cube = 'Snaps' AND name = 'by_month';
