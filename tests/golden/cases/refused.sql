-- What is refused, in the words that people see: the message, what it points at, what would do.

-- case: an unknown measure, with the nearest
-- ask: total_vews by channel
-- refused: unknown measure 'total_vews'
-- under: total_vews
-- hint: did you mean 'total_views'? 'catalog' lists all.

-- case: an unknown dimension
-- ask: snapshots by chanel
-- refused: unknown dimension 'chanel'
-- under: chanel
-- hint: did you mean 'channel'? 'catalog' lists all.

-- case: a measure after by
-- ask: snapshots by users
-- refused: unknown dimension 'users'
-- under: users
-- hint: 'users' is a measure. 'catalog' lists all.

-- case: an unknown segment
-- ask: snapshots segment viral
-- refused: unknown segment 'viral'
-- under: viral
-- hint: did you mean 'viral_videos'? 'catalog' lists all.

-- case: an unknown cube
-- ask: from Nobody rows
-- refused: unknown cube 'Nobody'
-- under: Nobody
-- hint: 'catalog' lists all.

-- case: a name that several joins have
-- ask: snapshots by is_active
-- refused: 'is_active' could be 5 members
-- under: is_active
-- hint: one of VideoPerformance.video.is_active, VideoPerformance.channel.is_active,
--      VideoPerformance.current_channel.is_active, VideoPerformance.account.is_active,
--      VideoPerformance.current_account.is_active

-- case: the same, tested
-- ask: snapshots where is_current = true
-- refused: 'is_current' could be 4 members
-- under: is_current
-- hint: one of VideoPerformance.channel.is_current, VideoPerformance.current_channel.is_current,
--      VideoPerformance.account.is_current, VideoPerformance.current_account.is_current

-- case: a dimension of another cube
-- ask: revenue by Costs.cost_category
-- refused: VideoPerformance has no dimension 'Costs.cost_category'
-- under: Costs.cost_category
-- hint: Costs has it: ask a measure of Costs

-- case: a dimension that one of two facts lacks
-- ask: snapshots, cost_entries by content_type, cost_category
-- refused: Costs has 'cost_category', but VideoPerformance has no such dimension
-- under: cost_category
-- hint: 'catalog VideoPerformance' lists what it can be asked by

-- case: a cube that cannot be joined to
-- ask: channels by video
-- refused: Channels has no dimension 'video'
-- under: video
-- hint: VideoPerformance has it: ask a measure of VideoPerformance

-- case: a day has no hours
-- ask: daily_views by hour
-- refused: ChannelDaily.metric_date is a whole day: it has no 'hour'
-- under: hour

-- case: no granularity
-- ask: snapshots by snapshot_time.fortnight
-- refused: 'fortnight' is no granularity
-- under: snapshot_time.fortnight
-- hint: second, minute, hour, day, week, month, quarter or year

-- case: a segment of another fact
-- ask: Snaps.rows segment viral_videos
-- refused: segment 'viral_videos' belongs to VideoPerformance and says nothing about Snaps
-- under: viral_videos

-- case: facts of different days
-- ask: snapshots, daily_views by day
-- refused: these measures count different days: YouTube's days are Pacific, the others are of the zone UTC
-- hint: add 'tz America/Los_Angeles', or 'mixed_days' to put them side by side all the same

-- case: a carried counter by week and month
-- ask: total_views by week, month
-- refused: a carried counter cannot be read by week and by a longer unit at once: weeks do not nest in it
-- hint: ask by one of them

-- case: minutes or months
-- ask: snapshots for 3m
-- refused: '3m' could mean two things
-- under: 3m
-- hint: 3 months: 3mo, 3 minutes: 3min

-- case: days of which there are three readings
-- ask: snapshots for 30 days
-- refused: '30 days' could mean several things
-- under: 30 days
-- hint: last 30 days (whole ones, without the running one), 30d (up to now) or 30 days ago (that day)

-- case: a number alone
-- ask: snapshots 7
-- refused: '7' is not a point in time
-- under: 7
-- hint: of which unit? last 7 days, 7d, 7 days ago

-- case: a month that is none
-- ask: snapshots for 2024-13-01
-- refused: '2024-13-01' has no such month
-- under: 2024-13-01
-- hint: a text is written in quotes

-- case: a day that is none
-- ask: snapshots for 2024-02-30
-- refused: '2024-02-30' is not a day of the calendar
-- under: 2024-02-30
-- hint: that month has 29 days; a text is written in quotes

-- case: the wrong way round
-- ask: snapshots for 2024-02-02..2024-02-01
-- refused: the period ends before it begins
-- under: 2024-02-02..2024-02-01
-- hint: both ends are included: from 2026-01-01 to 2026-01-31

-- case: the wrong way round, by the clock
-- ask: snapshots for tomorrow..yesterday
-- refused: the period ends before it begins
-- under: tomorrow..yesterday
-- hint: both ends are included: from 2026-01-01 to 2026-01-31

-- case: an empty period
-- ask: snapshots last 0 days
-- refused: 'last 0 days' is an empty period
-- under: 0

-- case: two periods
-- ask: snapshots for 2024 for 2025
-- refused: a second period
-- under: for
-- hint: each clause is given at most once

-- case: a clause twice
-- ask: snapshots by day by week
-- refused: a second 'by'
-- under: by
-- hint: put all names behind one 'by', with commas

-- case: top of nothing
-- ask: snapshots top 3
-- refused: 'top' needs something to choose from: add 'by' and a dimension
-- under: 3

-- case: other of times alone
-- ask: snapshots by month top 3 with other
-- refused: 'with other' is for what 'top' leaves out of groups, and here are times alone
-- under: 3 with other

-- case: top by nobody
-- ask: snapshots by video_id top 3 by nobody
-- refused: unknown measure 'nobody'
-- under: nobody
-- hint: 'catalog' lists all.

-- case: order by nobody
-- ask: snapshots order by nobody
-- refused: unknown member 'nobody'
-- under: nobody
-- hint: 'catalog' lists all.

-- case: an unknown zone
-- ask: snapshots tz Mars/Olympus
-- refused: unknown time zone 'Mars/Olympus'
-- under: Mars/Olympus
-- hint: zones have the IANA database's names, like America/Los_Angeles or UTC

-- case: fill without buckets
-- ask: snapshots by niche fill
-- refused: 'fill' makes the missing buckets of time, and the query has none
-- under: fill
-- hint: add one after 'by', like day or week

-- case: vs without a period
-- ask: snapshots vs previous
-- refused: 'vs' moves the period of the query, and it has none
-- under: previous
-- hint: as in 'last 30 days'

-- case: vs of an open period
-- ask: snapshots since 2024 vs previous
-- refused: 'vs' moves a period of two ends
-- under: previous
-- hint: name both ends: from 2026-01-01 to 2026-01-31

-- case: a shift without a period
-- ask: Snaps.cents_week_before
-- refused: a measure of an earlier time moves the period of the query, and it has none
-- hint: as in 'last 30 days'

-- case: a shift of an open period
-- ask: Snaps.cents_week_before since 2024-01
-- refused: a measure of an earlier time moves a period of two ends
-- hint: name both ends: from 2026-01-01 to 2026-01-31

-- case: no number
-- ask: snapshots where duration = long
-- refused: 'long' is not a number, and duration asks for one
-- under: long

-- case: no time
-- ask: snapshots where published_at = soon
-- refused: 'soon' is not a time, and published_at asks for one
-- under: soon

-- case: neither true nor false
-- ask: snapshots where is_monetized = maybe
-- refused: 'maybe' is not true or false, and is_monetized asks for one
-- under: maybe

-- case: no comparison
-- ask: snapshots where niche
-- refused: expected a comparison after 'niche', but the query ends there
-- under: the end
-- hint: = != < <= > >= is, in, contains, starts with, ends with, like, has, between, or not before one of these

-- case: no value
-- ask: snapshots where niche =
-- refused: expected a value after '=', but the query ends there
-- under: the end

-- case: is, of a value
-- ask: snapshots where niche is Gaming
-- refused: expected 'null' or 'not null' after 'is', not 'Gaming'
-- under: Gaming
-- hint: a value is compared with = or !=

-- case: in, without a bracket
-- ask: snapshots where niche in Gaming
-- refused: expected '(' or a period after 'in', not 'Gaming'
-- under: Gaming
-- hint: in (Gaming, Music), in last 7 days; of one value: = Gaming

-- case: equal to null
-- ask: snapshots where title = null
-- refused: expected a value after '=', not 'null'
-- under: null
-- hint: write: is null, or: is not null

-- case: a list compared
-- ask: snapshots where tags = music
-- refused: tags is a list
-- under: tags = music
-- hint: 'has' asks for one of its items

-- case: a list in an order
-- ask: snapshots where tags > 3
-- refused: tags has no order
-- under: tags > 3

-- case: has, of a text
-- ask: snapshots where title has live
-- refused: title is not a list
-- under: title has live
-- hint: '=' or 'contains' test a text

-- case: a period of what is no time
-- ask: snapshots by channel where total_views in 2024
-- refused: total_views is not a time
-- under: total_views in 2024

-- case: rows and cells in one or
-- ask: snapshots where niche = Gaming or snapshots > 3
-- refused: a test of rows and a test of a measure cannot share one 'or' or 'not'
-- under: niche = Gaming
-- hint: a dimension is tested row by row before grouping, a measure after it: write them as two tests joined by 'and'

-- case: having of a dimension
-- ask: snapshots having niche = Gaming
-- refused: unknown measure 'niche'
-- under: niche
-- hint: 'niche' is a dimension. 'catalog' lists all.

-- case: a variable without a value
-- ask: snapshots where niche = :who
-- refused: no value for ':who'
-- under: :who
-- hint: give one with --var who=VALUE

-- case: a measure twice
-- ask: snapshots, snapshots
-- refused: 'snapshots' is named twice
-- under: snapshots

-- case: a dimension twice
-- ask: snapshots by niche, niche
-- refused: 'niche' is named twice
-- under: niche

-- case: rows below none
-- ask: snapshots limit -1
-- refused: '-1' is not a number of rows
-- under: -1

-- case: names joined by and
-- ask: snapshots by niche and category
-- refused: unexpected 'and'
-- under: and
-- hint: names are separated by commas; a clause begins with by, where, having, segment, for, vs, order, top, limit,
--      fill, total or tz

-- case: two words for one measure
-- ask: sum views
-- refused: unexpected 'views'
-- under: views
-- hint: names are separated by commas; a clause begins with by, where, having, segment, for, vs, order, top, limit,
--      fill, total or tz

-- case: rows of differences
-- ask: {"measures":["VideoPerformance.views_gained"], "ungrouped":true}
-- refused: views_gained is a difference between rows, and "ungrouped" shows each by itself
-- hint: ask for the counter itself

-- case: rows over a stretch of time
-- ask: {"measures":["Snaps.cents_7d"], "ungrouped":true}
-- refused: cents_7d is over a stretch of time, and "ungrouped" shows rows

-- case: rows with a test of groups
-- ask: {"measures":["VideoPerformance.revenue"], "ungrouped":true, "filters":[{"member":"VideoPerformance.revenue",
--      "operator":"set"}]}
-- refused: "ungrouped" shows rows as they are, and a filter on a measure is about groups of them

-- case: a key that Cube does not have
-- ask: {"measures":["VideoPerformance.snapshots"], "foo":1}
-- refused: unknown key 'foo' in the query

-- case: an operator that Cube does not have
-- ask: {"measures":["VideoPerformance.snapshots"], "filters":[{"member":"VideoPerformance.niche",
--      "operator":"equal", "values":["x"]}]}
-- refused: filters[0]: unknown operator 'equal'
-- hint: did you mean 'equals'?

-- case: an order that is none
-- ask: {"measures":["VideoPerformance.snapshots"], "order":{"VideoPerformance.revenue":"up"}}
-- refused: order: the direction must be one of [asc, desc]

-- case: a time dimension that is no time
-- ask: {"measures":["VideoPerformance.snapshots"], "timeDimensions":[{"dimension":"VideoPerformance.niche",
--      "granularity":"day"}]}
-- refused: 'VideoPerformance.niche' is not a time: it has no 'day'

-- case: a measure that Cube's query names wrong
-- ask: {"measures":["snapshots_x"]}
-- refused: unknown measure 'snapshots_x'
-- hint: did you mean 'snapshots'? 'catalog' lists all.

-- case: a limit that is none
-- ask: {"measures":["VideoPerformance.snapshots"], "limit":"ten"}
-- refused: limit: expected a whole number from 0 on

-- case: a form that is none
-- ask: {"measures":["VideoPerformance.snapshots"], "responseFormat":"xml"}
-- refused: responseFormat: must be one of [default, compact, columnar]

-- case: a granularity that is none
-- ask: {"measures":["VideoPerformance.snapshots"], "timeDimensions":[{"dimension":"VideoPerformance.snapshot_time",
--      "granularity":"fortnight"}]}
-- refused: 'fortnight' is no granularity
-- hint: second, minute, hour, day, week, month, quarter or year

-- case: a date range that is none
-- ask: {"measures":["VideoPerformance.snapshots"], "timeDimensions":[{"dimension":"VideoPerformance.snapshot_time",
--      "dateRange":"soon"}]}
-- refused: timeDimensions[0].dateRange: expected a point in time, not 'soon'
-- under: soon
-- hint: a point in time: 2026-01-31, 2026-01-31T12:00, 2026-01, 2026-Q1, 2026, today, yesterday, now, 7 days ago

-- case: an empty date range
-- ask: {"measures":["VideoPerformance.snapshots"], "timeDimensions":[{"dimension":"VideoPerformance.snapshot_time",
--      "dateRange":"last 0 days"}]}
-- refused: timeDimensions[0].dateRange: 'last 0 days' is an empty period
-- under: 0

-- case: no text where text must be
-- ask: {"measures":["VideoPerformance.snapshots"], "filters":[{"member":"VideoPerformance.niche",
--      "operator":"contains", "values":[null]}]}
-- refused: filters[0]: null is no value here
