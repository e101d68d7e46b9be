-- An empty warehouse, with the partitions that the file needs: neither side is measured making them.
TRUNCATE analytics.fact_video_performance, analytics.dim_video, analytics.dim_channel, analytics.video_performance_hourly, ops.touched_hours,
    ops.dead_letters, ops.loaded_files, ops.loaded_blocks, ops.watermarks CASCADE;
SELECT ops.make_partitions('analytics.fact_video_performance', '2025-01-01', :'last'::date);
