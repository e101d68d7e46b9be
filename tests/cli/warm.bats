# Warming: answers in Redis before they are asked for, as Python and hand-written SQL have them.

load helper

y() { yt --quiet "$@"; }
tsv() { y --format tsv --no-header -e "$1"; }
redis() { redis-cli -s "$socket" "$@"; }
# SERVER: where it is
address() { y --format json -e 'local status' | python3 -c 'import json, sys; print([r["address"] for r in json.load(sys.stdin) if r["server"] == sys.argv[1]][0])' "$1"; }
# KEY EXPRESSION: what Python makes of the value, `rows` being json.loads of it
python() { redis --raw GET "$1" | python3 -c "import json, sys; from decimal import Decimal as D; rows = json.load(sys.stdin); print($2)"; }

setup_file() {
    load helper
    socket=$(address Redis) dsn=$(address PostgreSQL)
    export socket=${socket#unix:} dsn
    y -e 'sample load --channels 8 --days 40 --seed 3' >/dev/null
    # a version more of a channel, which counts once (users have theirs)
    y -e 'set write on' -e "sql UPDATE analytics.dim_channel SET valid_to = now() - interval '5 days', is_current = false WHERE channel_key = (SELECT min(channel_key) FROM analytics.dim_channel WHERE is_current AND is_active)" \
        -e "sql INSERT INTO analytics.dim_channel (channel_id, user_id, channel_name, niche, is_active, valid_from) SELECT channel_id, user_id, channel_name, 'Renamed', true, valid_to FROM analytics.dim_channel WHERE NOT is_current AND channel_id NOT IN (SELECT channel_id FROM analytics.dim_channel WHERE is_current) ORDER BY valid_to DESC LIMIT 1" \
        -e "sql INSERT INTO users.accounts (user_id, email) VALUES ('00000000-0000-4000-8000-0000000000aa', 'nothing@example.com')" >/dev/null
}

teardown() { rm -rf "$XDG_CONFIG_HOME/ytempire/queries/warm"; }

# NAME TEXT: a set of one's own
own() { mkdir -p "$XDG_CONFIG_HOME/ytempire/queries/warm" && printf '%s' "$2" >"$XDG_CONFIG_HOME/ytempire/queries/warm/$1.json"; }

# of COMMAND the word in column N of its first row
cell() { tsv "$1" | head -n 1 | cut -f "$2"; }

@test "the three sets are made, and their values are those of SQL by hand" {
    run tsv 'cache warm'
    [ "$status" -eq 0 ]
    [[ $output == *"executive_dashboard	4	"*"	warmed	0"*"trending_content	3	"*"user_dashboards	"*"	warmed	0"* ]]
    [ "$(python analytics:executive:active_channels 'rows[0]["active_channels"]')" = "$(csv "sql SELECT count(DISTINCT channel_id) FROM analytics.dim_channel WHERE is_current AND is_active")" ]
    [ "$(python analytics:executive:total_videos 'rows[0]["video_count"]')" = "$(csv "sql SELECT count(*) FROM analytics.dim_video WHERE published_at >= CURRENT_DATE")" ]
    [ "$(python analytics:executive:avg_engagement 'round(D(rows[0]["engagement_rate"]), 12)')" = "$(csv "sql SELECT round(sum(coalesce(likes, 0) + coalesce(comments, 0) + coalesce(shares, 0))::numeric / sum(views), 12) FROM (SELECT DISTINCT ON (video_key) * FROM analytics.fact_video_performance WHERE views IS NOT NULL ORDER BY video_key, \"timestamp\" DESC) AS f")" ]
    [ "$(python analytics:executive:daily_revenue '"%s,%s" % (rows[0]["day"], round(D(rows[0]["daily_revenue"]), 8))')" = "$(csv "sql SELECT metric_date, round(sum(revenue_cents) / 100, 8) FROM analytics.fact_channel_daily WHERE revenue_cents IS NOT NULL AND metric_date < (now() AT TIME ZONE 'America/Los_Angeles')::date GROUP BY 1 ORDER BY 1 DESC LIMIT 1")" ]
    # money that is not told yet is not nothing
    [ "$(python analytics:executive:daily_revenue 'D(rows[0]["daily_revenue"]) > 0')" = True ]
}

@test "each active user has a key, and who has none of it is told from what is not known" {
    y -e 'cache warm user_dashboards' >/dev/null
    csv "sql SELECT a.user_id, (SELECT sum(total_revenue_cents) * 0.01 FROM analytics.fact_revenue WHERE user_key IN (SELECT user_key FROM analytics.dim_user AS u WHERE u.user_id = a.user_id) AND metric_date >= CURRENT_DATE - 30) FROM users.accounts AS a WHERE a.is_active ORDER BY 1" >"$BATS_TEST_TMPDIR/hand"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/hand")" -ge 3 ]
    while IFS=, read -r user revenue; do
        [ "$(python "analytics:user:$user:monthly_revenue" 'rows[0]["revenue"] is None if not "'"$revenue"'" else D(rows[0]["revenue"]) == D("'"${revenue:-0}"'")')" = True ]
    done <"$BATS_TEST_TMPDIR/hand"
    [ "$(python analytics:user:00000000-0000-4000-8000-0000000000aa:monthly_revenue 'rows[0]["revenue"], rows[0]["state"], rows[0]["last_day"] is None')" = "None none False" ]
    [ "$(redis --raw EXISTS analytics:user:00000000-0000-4000-8000-000000000001:monthly_revenue)" = 0 ]    # market data: nobody's
}

@test "who is active no more has no key any more, and only what changed counts" {
    y -e 'cache warm user_dashboards' >/dev/null
    y -e 'set write on' -e "sql UPDATE users.accounts SET is_active = false WHERE email = 'nothing@example.com'" >/dev/null
    run tsv 'cache warm user_dashboards'
    [ "$(cut -f 3,4 <<<"$output")" = "0	1" ]
    [ "$(redis --raw EXISTS analytics:user:00000000-0000-4000-8000-0000000000aa:monthly_revenue)" = 0 ]
    y -e 'set write on' -e "sql UPDATE users.accounts SET is_active = true WHERE email = 'nothing@example.com'" >/dev/null
    run tsv 'cache warm user_dashboards'
    [ "$(cut -f 3,4 <<<"$output")" = "1	0" ]
}

@test "trending is of the day that ends with the newest snapshot, however old that is" {
    y -e 'cache warm trending_content' >/dev/null
    newest=$(csv 'sql SELECT max("timestamp") FROM analytics.fact_video_performance WHERE views IS NOT NULL')
    csv "sql WITH steps AS (SELECT video_key, \"timestamp\", views, lag(views) OVER (PARTITION BY video_key ORDER BY \"timestamp\") AS before FROM analytics.fact_video_performance WHERE views IS NOT NULL) SELECT v.video_id, sum(CASE WHEN before IS NOT NULL THEN views - before WHEN v.published_at > timestamptz '$newest' - interval '1 day' THEN views ELSE 0 END) AS gained FROM steps JOIN analytics.dim_video AS v USING (video_key) WHERE \"timestamp\" > timestamptz '$newest' - interval '1 day' GROUP BY v.video_id ORDER BY 2 DESC" >"$BATS_TEST_TMPDIR/hand"
    python analytics:trending:videos_24h '"\n".join(r["video_id"] + "," + r["views_since_publish"] for r in rows)' >"$BATS_TEST_TMPDIR/warmed"
    [ "$(wc -l <"$BATS_TEST_TMPDIR/warmed")" -eq 20 ]
    # of equal ones any may be the last
    [ "$(cut -d, -f2 "$BATS_TEST_TMPDIR/warmed")" = "$(head -n 20 "$BATS_TEST_TMPDIR/hand" | cut -d, -f2)" ]
    [ -z "$(sort "$BATS_TEST_TMPDIR/warmed" | comm -23 - <(sort "$BATS_TEST_TMPDIR/hand"))" ]
    # a snapshot a whole day before the newest is of the day before, in the sum of all videos too
    own day '{"name": "day", "class": "historical_analysis", "as_of": "SELECT max(\"timestamp\") FROM analytics.fact_video_performance WHERE views IS NOT NULL",
        "entries": [{"key": "analytics:day:gained", "query": "views_since_publish 24h"}]}'
    y -e 'cache warm day' >/dev/null
    [ "$(python analytics:day:gained 'rows[0]["views_since_publish"]')" = "$(awk -F, '{ sum += $2 } END { print sum }' "$BATS_TEST_TMPDIR/hand")" ]
    [ "$(python analytics:trending:niches_24h 'len(rows) > 1 and all(r["niche"] for r in rows)')" = True ]
}

@test "an entry that fails keeps its last value, says so, and the others are made" {
    own mine '{"name": "mine", "class": "executive_dashboard", "entries": [
        {"key": "analytics:mine:good", "sql": "SELECT now()::text AS at"},
        {"key": "analytics:mine:bad", "sql": "SELECT 12 / (SELECT count(*) FROM users.channels)::int AS x"}]}'
    y -e 'cache warm mine' >/dev/null
    good=$(redis --raw GET analytics:mine:good) bad=$(redis --raw GET analytics:mine:bad)
    own mine '{"name": "mine", "class": "executive_dashboard", "entries": [
        {"key": "analytics:mine:good", "sql": "SELECT now()::text AS at"},
        {"key": "analytics:mine:bad", "sql": "SELECT 12 / (SELECT count(*) FROM users.channels WHERE false)::int AS x"}]}'
    run --separate-stderr yt --quiet --format tsv --no-header -e 'cache warm mine'
    [ "$status" -eq 4 ]
    [[ $output == "mine	1	1	0	"*"	part	1	analytics:mine:bad: division by zero" ]]
    [[ $stderr == *"analytics:mine:bad: division by zero"*"1 of 2 entries were made"* ]]
    [ "$(redis --raw GET analytics:mine:good)" != "$good" ]
    [ "$(redis --raw GET analytics:mine:bad)" = "$bad" ]
    [[ $(redis --raw HGET ytempire:warm:failed 'mine analytics:mine:bad') == 1*' division by zero' ]]
    # all of it
    own mine '{"name": "mine", "class": "executive_dashboard", "entries": [{"key": "analytics:mine:bad", "sql": "SELECT 1 / 0"}]}'
    run --separate-stderr yt --quiet --format tsv --no-header -e 'cache warm mine'
    [ "$status" -eq 1 ]
    [[ $output == *"	failed	1	"* ]]
    # over with the next that is made
    own mine '{"name": "mine", "class": "executive_dashboard", "entries": [{"key": "analytics:mine:bad", "sql": "SELECT 1 AS x"}]}'
    y -e 'cache warm mine' >/dev/null
    [ "$(redis --raw EXISTS ytempire:warm:failed)" = 0 ]
}

@test "a statement of a set writes nothing, and a set is one transaction of nobody else's" {
    own mine '{"name": "mine", "class": "executive_dashboard", "entries": [
        {"key": "analytics:mine:x", "sql": "INSERT INTO users.accounts (email) VALUES ($$no@example.com$$) RETURNING email"}]}'
    run y -e 'cache warm mine'
    [ "$status" -eq 1 ]
    [[ $output == *"read-only transaction"* ]]
    run y -e 'set write on' -e 'sql BEGIN' -e 'cache warm mine'
    [ "$status" -eq 1 ]
    [[ $output == *"a transaction is open in this session"* ]]
}

@test "without PostgreSQL the last values stay, and every key tells since when" {
    y -e 'cache warm executive_dashboard' >/dev/null
    value=$(redis --raw GET analytics:executive:active_channels)
    run "$YTEMPIRE" --quiet --format tsv --no-header --dsn 'host=/nowhere connect_timeout=1' --redis "unix:$socket" -e 'cache warm executive_dashboard' </dev/null
    [ "$status" -eq 3 ]
    [[ $output == *"executive_dashboard	0	0	0	0	"*"	failed	4	"* ]]
    [ "$(redis --raw GET analytics:executive:active_channels)" = "$value" ]
    [ "$(redis --raw HKEYS ytempire:warm:failed | grep -c '^executive_dashboard ')" = 4 ]
    run tsv 'cache keys executive:active'
    [[ $output == "analytics:executive:active_channels	executive_dashboard	"*"	executive_dashboard	20"*"+00	"*"nowhere"* ]]
    [ "$(y --format json -e 'cache stats' | python3 -c 'import json, sys; print(json.load(sys.stdin)[0]["warm_failing"] >= 4)')" = True ]
    y -e 'cache warm executive_dashboard' >/dev/null
    [ "$(redis --raw HKEYS ytempire:warm:failed | grep -c '^executive_dashboard ')" = 0 ]
}

@test "without Redis it says which, and ends with 3" {
    run "$YTEMPIRE" --quiet --dsn "$dsn" --redis unix:/nowhere/redis.sock -e 'cache warm' </dev/null
    [ "$status" -eq 3 ]
    [[ $output == *"/nowhere/redis.sock"* ]]
    run "$YTEMPIRE" --quiet --dsn "$dsn" -e 'cache warm' </dev/null
    [ "$status" -eq 2 ]
    [[ $output == *"there is no Redis"* ]]
    run y --as-user 00000000-0000-4000-8000-0000000000aa -e 'cache warm'
    [ "$status" -eq 2 ]
    [[ $output == *"not with --as-user"* ]]
}

@test "who has subscribed hears of each set" {
    redis --raw SUBSCRIBE ytempire:warmed >"$BATS_TEST_TMPDIR/heard" 3>&- &
    subscriber=$!
    eventually grep -q subscribe "$BATS_TEST_TMPDIR/heard"
    y -e 'cache warm executive_dashboard' >/dev/null
    eventually grep -q '"set": "executive_dashboard", "at": "20.*", "keys": 4, "changed": [0-9]*, "removed": 0, "failed": 0}' "$BATS_TEST_TMPDIR/heard"
    kill "$subscriber"
}

@test "lint tells what is wrong with a set, with line and column; one's own set comes first" {
    own executive_dashboard '{"name": "executive_dashboard", "class": "executive_dashboard", "entries": [{"key": "analytics:mine", "sql": "SELECT 1 AS x"}]}'
    [ "$(cell 'cache warm executive_dashboard' 2)" = 1 ]
    rm "$XDG_CONFIG_HOME/ytempire/queries/warm/executive_dashboard.json"
    own one '{
  "name": "one", "class": "operational_metrics",
  "entries": [{"key": "analytics:u:{user}", "query": "users by user_id"},
    {"key": "analytics:v", "query": "usrs"}, {"key": "analytics:v", "sql": "SELECT nothing FROM nowhere"}]
}'
    own two '{"name": "two", "class": "operational"}'
    own three '{"name": "three", "class": "operational_metrics",
  "entries": [{"key": "analytics:a b", "sql": "SELECT 1"}]}'
    own four '{"name": "four", "clas": "x"}'
    run tsv lint
    [ "$status" -eq 1 ]
    [[ $output == *"one.json:3:23	the key names 'user', which its answer does not have; did you mean 'users'?"* ]]
    [[ $output == *"one.json:4:37	unknown measure 'usrs'"* ]]
    [[ $output == *"one.json:4:54	the key 'analytics:v' is made by 'one' too"* ]]
    [[ $output == *'one.json:4:76	relation "nowhere" does not exist'* ]]
    [[ $output == *"two.json:1:26	a broken warm set: 'operational' is no class; there are executive_dashboard"* ]]
    [[ $output == *"three.json:2:35	a broken warm set: the key 'analytics:a b': white space is in it"* ]]
    [[ $output == *"four.json:1:18	a broken warm set: 'clas' means nothing here; did you mean 'class'?"* ]]
    # the others are made all the same
    run y -e 'cache warm'
    [ "$status" -eq 4 ]
    run y -e 'cache warm two'
    [ "$status" -eq 2 ]
    [[ $output == *"two.json:1:26"* ]]
    run y -e 'cache warm exekutive_dashboard'
    [ "$status" -eq 2 ]
    [[ $output == *"did you mean 'executive_dashboard'?"* ]]
}

@test "a schedule of warming that was removed or paused stays so" {
    y -e 'set write on' -e "sql DELETE FROM ops.schedules WHERE name = 'trending_content'" -e "sql UPDATE ops.schedules SET enabled = false WHERE name = 'user_dashboards'" -e 'migrate up' >/dev/null
    [ "$(csv "sql SELECT string_agg(name || ' ' || enabled, ' ' ORDER BY name) FROM ops.schedules WHERE command LIKE 'cache warm %'")" = "executive_dashboard true user_dashboards false" ]
}

@test "a load makes keys stale that were read from what it touched, and one job a set makes them anew" {
    y -e 'set write on' -e "sql UPDATE ops.schedules SET enabled = true" -e 'sql DELETE FROM ops.jobs' >/dev/null
    redis FLUSHALL >/dev/null
    y -e 'cache warm' >/dev/null
    stale() { tsv "cache keys $1" | cut -f 9 | sort -u; }
    waiting() { csv "sql SELECT string_agg(command || ' ' || state, '; ' ORDER BY command) FROM ops.jobs WHERE kind = 'cache warm'"; }
    [ "$(stale '')" = f ]
    printf '%s\n' 'video_id,trending_date,title,channel_title,category_id,publish_time,tags,views,likes,dislikes,comment_count,thumbnail_link,comments_disabled,ratings_disabled,video_error_or_removed,description' \
        'wwwwwwwwwww,18.01.06,t,brand new,10,2018-06-01T00:00:00.000Z,[none],100,1,1,1,x,False,False,False,d' >"$BATS_TEST_TMPDIR/one.csv"
    y -e "ingest trending '$BATS_TEST_TMPDIR/one.csv'" >/dev/null
    [ "$(stale executive:avg_engagement)" = t ]
    [ "$(stale user:)" = f ]
    [ "$(redis --raw EXISTS analytics:executive:avg_engagement)" = 1 ]
    once=$(waiting)
    [[ $once == "cache warm --touched executive_dashboard scheduled"* ]]
    [[ $once != *user_dashboards* ]]
    sed 's/18.01.06/18.02.06/' "$BATS_TEST_TMPDIR/one.csv" >"$BATS_TEST_TMPDIR/two.csv"
    y -e "ingest trending '$BATS_TEST_TMPDIR/two.csv'" >/dev/null
    [ "$(waiting)" = "$once" ]
    # what they do; who has nothing to do says so
    [[ $(tsv 'cache warm --touched executive_dashboard') == *"	warmed	0"* ]]
    [[ $(tsv 'cache warm --touched user_dashboards') == "user_dashboards	0	0	0	0	"*"	untouched	0"* ]]
    [ "$(stale executive:avg_engagement)" = f ]
    # a person who has paused the schedule is asked nothing
    y -e 'schedule pause executive_dashboard' -e 'set write on' -e "sql DELETE FROM ops.jobs" -e 'cache warm executive_dashboard' >/dev/null
    sed 's/18.01.06/18.03.06/' "$BATS_TEST_TMPDIR/one.csv" >"$BATS_TEST_TMPDIR/three.csv"
    y -e "ingest trending '$BATS_TEST_TMPDIR/three.csv'" >/dev/null
    [ "$(stale executive:avg_engagement)" = t ]
    [[ $(waiting) != *executive_dashboard* ]]
}

# Jobs of the three schedules that are over, by their state.
warmed_by_schedule() { csv "sql SELECT string_agg(schedule || ' ' || state, ' ' ORDER BY schedule) FROM ops.jobs WHERE schedule IN ('executive_dashboard', 'user_dashboards', 'trending_content')"; }
all_warmed() { [ "$(warmed_by_schedule)" = "executive_dashboard completed trending_content completed user_dashboards completed" ]; }

@test "a worker makes the three sets when their schedules are due" {
    y -e 'set write on' -e 'sql DELETE FROM ops.jobs' -e "sql UPDATE ops.schedules SET enabled = false" \
        -e "sql INSERT INTO ops.schedules (name, cron, tz, command, missed) SELECT n, c, 'UTC', 'cache warm ' || n, 'once' FROM (VALUES ('executive_dashboard', '*/5 * * * *'), ('user_dashboards', '*/30 * * * *'), ('trending_content', '0 * * * *')) AS v (n, c) ON CONFLICT (name) DO UPDATE SET enabled = true" \
        -e "sql UPDATE ops.schedules SET next_run = now() WHERE enabled" >/dev/null
    redis FLUSHALL >/dev/null
    "$YTEMPIRE" --local --worker --http-port off --log-file "$BATS_TEST_TMPDIR/worker.log" 3>&- >/dev/null 2>&1 </dev/null &
    worker=$!
    warmed=0; eventually all_warmed || warmed=$?
    kill -TERM "$worker"; wait "$worker"
    [ "$warmed" -eq 0 ]
    [ "$(redis --raw EXISTS analytics:executive:{active_channels,daily_revenue,total_videos,avg_engagement} analytics:trending:{videos,channels,niches}_24h)" = 7 ]
    [ "$(redis --raw --scan --pattern 'analytics:user:*:monthly_revenue' | wc -l)" -eq "$(csv 'sql SELECT count(*) FROM users.accounts WHERE is_active')" ]
    [ "$(csv "sql SELECT bool_and(rows_read > 0 AND rows_read = rows_loaded) FROM ops.jobs WHERE schedule IS NOT NULL")" = t ]
}
