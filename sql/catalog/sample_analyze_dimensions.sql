-- Before the facts: without statistics the checks of their foreign keys would be planned as scans of whole dimensions.
ANALYZE analytics.dim_video, analytics.dim_channel, analytics.dim_user, analytics.dim_date
