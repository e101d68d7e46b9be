# Rollups: built, brought up to date after late rows, compared, and the same answers throughout.

load helper

y() { yt --quiet "$@"; }

setup_file() {
    load helper
    yt --quiet -e 'sample load --channels 6 --days 40 --seed 3' >/dev/null
}

teardown_file() {
    load helper
    yt --quiet -e 'set write on' -e 'sql DELETE FROM analytics.fact_video_performance WHERE actual_revenue_cents = 12345' \
        -e 'sql DROP TABLE IF EXISTS parts.rollup_videoperformance_daily_rollup' -e 'sql DELETE FROM ops.rollup_state' >/dev/null
}

# QUERY: the same with the rollup and without its table being looked at (the facts)
both() {
    local rolled facts
    rolled=$(y --format csv -e "$1") || return 1
    y -e 'set write on' -e "sql UPDATE ops.rollup_state SET state = 'failed'" >/dev/null
    facts=$(y --format csv -e "$1") || return 1
    y -e 'set write on' -e "sql UPDATE ops.rollup_state SET state = 'ready'" >/dev/null
    [ -n "$rolled" ] && [ "$rolled" = "$facts" ] || { diff <(echo "$rolled") <(echo "$facts"); return 1; }
}

is_held() { [ "$(csv "sql SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND granted")" = 1 ]; }

@test "a rollup that is declared is absent until it is built" {
    run y --format tsv -e rollups
    [ "$status" -eq 0 ]
    [[ $output == *"VideoPerformance	daily_rollup	absent"* ]]
    run y --format tsv -e 'explain revenue by month'
    [[ $output == *"daily_rollup: building: it was not built yet; would do: rollup refresh"* ]]
    run y -e 'rollup check'
    [ "$status" -eq 2 ]
    [[ $output == *"cannot be compared"*"not built yet"* ]]
    run y -e 'rollup refresh daily_rolup'
    [ "$status" -eq 2 ]
    [[ $output == *"no rollup 'daily_rolup'"*"did you mean"* ]]
}

@test "built, it answers, and explain says so" {
    run y --format tsv -e 'rollup refresh'
    [ "$status" -eq 0 ]
    [[ $output == *"daily_rollup	built"* ]]
    # it lies as it is read: bucket by bucket
    [ "$(csv 'sql SELECT count(*) FROM (SELECT ("timestamp", channel_key) < lag(("timestamp", channel_key)) OVER (ORDER BY ctid) AS goes_back FROM parts.rollup_videoperformance_daily_rollup) AS kept WHERE goes_back')" = 0 ]
    run y --format tsv -e rollups
    [[ $output == *"daily_rollup	ready"* ]]
    run y --format tsv -e 'explain revenue by month'
    [[ $output == *"source	rollup VideoPerformance.daily_rollup"* ]]
    run y --format tsv -e 'explain revenue by content_type'
    [[ $output == *"rollup	VideoPerformance.daily_rollup: dimension_missing"* ]]
    both 'total_views, revenue, profit by channel, month'
    both 'total_views by niche, week last 4 weeks top 2 with other total'
    both 'revenue by day last 14 days vs previous fill'
    run y -e 'rollup check daily_rollup'
    [ "$status" -eq 0 ]
}

@test "late rows are counted at once, and after a refresh from the rollup" {
    y -e 'set write on' -e 'sql INSERT INTO analytics.fact_video_performance (video_key, channel_key, user_key, date_key, "timestamp", views, actual_revenue_cents) SELECT video_key, channel_key, user_key, date_key, "timestamp" + interval $$7 minutes$$, views + 1000, 12345 FROM analytics.fact_video_performance WHERE views IS NOT NULL AND "timestamp" < now() - interval $$10 days$$ ORDER BY "timestamp" DESC, video_key LIMIT 3' \
        -e 'sql INSERT INTO ops.touched_hours (relation, hour) SELECT DISTINCT $$analytics.fact_video_performance$$, date_trunc($$hour$$, "timestamp", $$UTC$$) FROM analytics.fact_video_performance WHERE actual_revenue_cents = 12345' >/dev/null
    both 'total_views, revenue by day last 20 days'
    run y --format tsv -e 'explain total_views by day last 20 days'
    [[ $output == *"daily_rollup: touched"* ]]
    run y --format tsv -e 'explain revenue by day last 20 days'
    [[ $output == *"source	rollup VideoPerformance.daily_rollup"* ]]
    run y --format tsv -e 'rollup refresh daily_rollup'
    [ "$status" -eq 0 ]
    [[ $output == *"daily_rollup	updated"* ]]
    run y --format tsv -e 'explain total_views by day last 20 days'
    [[ $output == *"source	rollup VideoPerformance.daily_rollup"* ]]
    both 'total_views, revenue by day, channel last 20 days'
    run y -e 'rollup check'
    [ "$status" -eq 0 ]
}

# A load that commits between the look at a rollup's state and the statement: it holds the table until the statement waits.
@test "a load between the look at a rollup and the statement is not missed" {
    y -e 'rollup refresh daily_rollup' >/dev/null
    before=$(y --format csv --no-header -e 'revenue')
    y -e 'set write on' -e 'sql BEGIN' -e 'sql LOCK TABLE parts.rollup_videoperformance_daily_rollup' \
        -e 'sql SELECT pg_advisory_xact_lock(4711)' \
        -e 'sql DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM pg_locks WHERE relation = to_regclass($q$parts.rollup_videoperformance_daily_rollup$q$) AND NOT granted) LOOP PERFORM pg_sleep(0.05); END LOOP; END $$' \
        -e 'sql INSERT INTO analytics.fact_video_performance (video_key, channel_key, user_key, date_key, "timestamp", actual_revenue_cents) SELECT video_key, channel_key, user_key, date_key, "timestamp" + interval $$11 minutes$$, 12345 FROM analytics.fact_video_performance WHERE "timestamp" < now() - interval $$10 days$$ ORDER BY "timestamp" DESC, video_key LIMIT 1' \
        -e 'sql INSERT INTO ops.touched_hours (relation, hour) SELECT DISTINCT $$analytics.fact_video_performance$$, date_trunc($$hour$$, "timestamp", $$UTC$$) FROM analytics.fact_video_performance WHERE actual_revenue_cents = 12345' \
        -e 'sql COMMIT' >/dev/null &
    load=$!
    eventually is_held
    after=$(y --format csv --no-header -e 'revenue')
    wait $load
    [ "$(csv "sql SELECT $after - $before = 123.45")" = t ] || { echo "$before $after"; false; }
    run y -e 'rollup refresh daily_rollup'
    [ "$(y --format csv --no-header -e 'revenue')" = "$after" ]
}

@test "a rollup that goes between the look at it and the statement is done without" {
    y -e 'rollup refresh daily_rollup' >/dev/null
    before=$(y --format csv --no-header -e 'revenue')
    y -e 'set write on' -e 'sql BEGIN' -e 'sql LOCK TABLE parts.rollup_videoperformance_daily_rollup' \
        -e 'sql SELECT pg_advisory_xact_lock(4711)' \
        -e 'sql DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM pg_locks WHERE relation = to_regclass($q$parts.rollup_videoperformance_daily_rollup$q$) AND NOT granted) LOOP PERFORM pg_sleep(0.05); END LOOP; END $$' \
        -e 'sql DROP TABLE parts.rollup_videoperformance_daily_rollup' -e 'sql DELETE FROM ops.rollup_state' -e 'sql COMMIT' >/dev/null &
    other=$!
    eventually is_held
    run y --format csv --no-header -e 'revenue'
    wait $other
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    [ "$output" = "$before" ]
    y -e 'rollup refresh daily_rollup' >/dev/null
}

@test "a late row changes the next bucket where it is the last of its own, and not where a later one is" {
    late() { # which of the snapshots of a day
        y -e 'set write on' -e "sql INSERT INTO analytics.fact_video_performance (video_key, channel_key, user_key, date_key, \"timestamp\", views, actual_revenue_cents) SELECT video_key, channel_key, user_key, date_key, \"timestamp\" + interval \$\$$3 minutes\$\$, views + $2, 12345 FROM (SELECT DISTINCT ON (video_key) * FROM analytics.fact_video_performance WHERE views IS NOT NULL AND \"timestamp\" >= date_trunc(\$\$day\$\$, now(), \$\$UTC\$\$) - interval \$\$15 days\$\$ AND \"timestamp\" < date_trunc(\$\$day\$\$, now(), \$\$UTC\$\$) - interval \$\$14 days\$\$ ORDER BY video_key, \"timestamp\" $1) AS f" \
            -e "sql INSERT INTO ops.touched_hours (relation, hour) SELECT DISTINCT \$\$analytics.fact_video_performance\$\$, date_trunc(\$\$hour\$\$, \"timestamp\", \$\$UTC\$\$) FROM analytics.fact_video_performance WHERE actual_revenue_cents = 12345 ON CONFLICT DO NOTHING" >/dev/null
    }
    late ASC 11 9
    run y --format csv -e 'rollup refresh daily_rollup'
    [ "$status" -eq 0 ]
    run y -e 'rollup check'
    [ "$status" -eq 0 ]
    late DESC 500 3
    run y --format csv -e 'rollup refresh daily_rollup'
    [ "$status" -eq 0 ]
    run y -e 'rollup check'
    [ "$status" -eq 0 ]
    # a counter that is not known any more
    y -e 'set write on' -e 'sql UPDATE analytics.fact_video_performance SET views = NULL WHERE actual_revenue_cents = 12345 AND "timestamp" < now() - interval $$13 days$$' \
        -e 'sql INSERT INTO ops.touched_hours (relation, hour) SELECT DISTINCT $$analytics.fact_video_performance$$, date_trunc($$hour$$, "timestamp", $$UTC$$) FROM analytics.fact_video_performance WHERE actual_revenue_cents = 12345 ON CONFLICT DO NOTHING' >/dev/null
    run y --format csv -e 'rollup refresh daily_rollup'
    [ "$status" -eq 0 ]
    run y -e 'rollup check'
    [ "$status" -eq 0 ]
    both 'total_views, views_gained by day, channel last 20 days'
}

@test "all snapshots of a day are deleted: the next ones are changes from those before it" {
    day='date_trunc($$day$$, now(), $$UTC$$) - interval $$15 days$$'
    y -e 'rollup refresh daily_rollup' >/dev/null
    run y -e 'rollup check'
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    y -e 'set write on' -e "sql DELETE FROM analytics.fact_video_performance WHERE \"timestamp\" >= $day AND \"timestamp\" < $day + interval \$\$1 day\$\$" \
        -e "sql INSERT INTO ops.touched_hours (relation, hour) SELECT \$\$analytics.fact_video_performance\$\$, $day + n * interval \$\$1 hour\$\$ FROM generate_series(0, 23) AS n ON CONFLICT DO NOTHING" >/dev/null
    run y --format csv -e 'rollup refresh daily_rollup'
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    run y --format tsv -e 'rollup check'
    [ "$status" -eq 0 ] || { echo "$output" | head -5; false; }
}

@test "channels of one name are two cells to the check" {
    y -e 'set write on' -e 'sql UPDATE analytics.dim_channel SET channel_name = $$Twin$$ WHERE channel_key IN (SELECT channel_key FROM analytics.dim_channel ORDER BY 1 LIMIT 2)' >/dev/null
    run y --format tsv -e 'rollup check'
    [ "$status" -eq 0 ]
}

@test "what differs is told, cell by cell" {
    y -e 'set write on' -e 'sql UPDATE parts.rollup_videoperformance_daily_rollup SET s2 = s2 + 100 WHERE ctid = (SELECT min(ctid) FROM parts.rollup_videoperformance_daily_rollup WHERE s2 > 0)' >/dev/null
    run y --format tsv -e 'rollup check'
    [ "$status" -eq 1 ]
    [[ $output == *"VideoPerformance.daily_rollup	"*"	revenue	"* ]]
    y -e 'set write on' -e "sql UPDATE ops.rollup_state SET definition = 'of an older model'" >/dev/null
    run y --format tsv -e rollups
    [[ $output == *"daily_rollup	stale"* ]]
    run y --format tsv -e 'rollup refresh'
    [[ $output == *"daily_rollup	built"* ]]
    run y -e 'rollup check'
    [ "$status" -eq 0 ]
}

@test "what cannot be looked up ends no transaction that a person has opened" {
    y -e 'set write on' -e 'sql ALTER TABLE ops.rollup_touched RENAME TO rollup_touched_away' >/dev/null
    run y --format csv --no-header -e 'set write on' -e 'sql BEGIN' -e 'sql CREATE TABLE public.kept_all_the_same (n int)' -e 'revenue by month' -e 'sql COMMIT'
    [[ $(y --format tsv -e 'explain revenue by month') == *"daily_rollup: unknown: its state could not be looked up"* ]]
    y -e 'set write on' -e 'sql ALTER TABLE ops.rollup_touched_away RENAME TO rollup_touched' >/dev/null
    [ "$status" -eq 0 ]
    y -e 'set write on' -e 'sql DROP TABLE public.kept_all_the_same' >/dev/null
    run y -e 'set write on' -e 'sql BEGIN' -e 'rollup refresh'
    [ "$status" -eq 2 ]
    [[ $output == *"a transaction is open"* ]]
}

@test "a rollup over costs is brought up to date by what a load has touched, also past the horizon of snapshots" {
    model=$BATS_TEST_TMPDIR/model
    mkdir "$model"
    cp "$BATS_TEST_DIRNAME"/../../queries/model/*.json "$model"
    sed -i 's/"time_dimension": "cost_time",/&\n"pre_aggregations": {"c_day": {"measures": ["total_cost", "cost_entries"], "dimensions": ["cost_category"], "time_dimension": "cost_time", "granularity": "day"}},/' "$model/costs.json"
    m() { y --model "$model" "$@"; }
    y -e 'sample load --channels 6 --days 120 --seed 3' >/dev/null
    run m --format tsv -e 'rollup refresh c_day'
    [[ $output == *"c_day	built"* ]]
    y -e 'sample load --channels 6 --days 120 --seed 4' >/dev/null
    run m --format tsv -e 'rollup refresh c_day'
    [ "$status" -eq 0 ]
    [[ $output == *"c_day	updated"* ]]
    run m --format tsv -e 'explain total_cost by month, cost_category'
    [[ $output == *"source	rollup Costs.c_day"* ]]
    run m --format tsv -e 'rollup check c_day'
    [ "$status" -eq 0 ]
    [ "$(csv "sql SELECT count(*) FROM ops.touched_hours WHERE relation <> 'analytics.fact_video_performance'")" = 0 ]
}

@test "a rollup over days of channels is built, brought up to date and the same as the facts" {
    model=$BATS_TEST_TMPDIR/model
    mkdir "$model"
    cp "$BATS_TEST_DIRNAME"/../../queries/model/*.json "$model"
    sed -i 's/"time_dimension": "metric_date",/&\n"pre_aggregations": {"d_day": {"measures": ["daily_views", "subscribers", "daily_revenue"], "dimensions": ["channel"], "time_dimension": "metric_date", "granularity": "day"}},/' "$model/channel_daily.json"
    m() { y --model "$model" "$@"; }
    run m --format tsv -e 'rollup refresh d_day'
    [[ $output == *"d_day	built"* ]] || { echo "$output"; false; }
    run m --format tsv -e 'rollup check d_day'
    [ "$status" -eq 0 ]
    y -e 'sample load --channels 6 --days 120 --seed 5' >/dev/null
    run m --format tsv -e 'rollup check d_day'
    [ "$status" -eq 0 ]
    run m --format tsv -e 'rollup refresh d_day'
    [[ $output == *"d_day	updated"* ]]
    run m --format tsv -e 'explain daily_views, subscribers by month, channel'
    [[ $output == *"source	rollup ChannelDaily.d_day"* ]] || { echo "$output"; false; }
    run m --format tsv -e 'rollup check d_day'
    [ "$status" -eq 0 ]
}

@test "a rollup that the model no longer has goes when nobody has refreshed it for a week" {
    run y --format tsv -e 'rollup refresh'
    [ "$status" -eq 0 ]
    [[ $output != *c_day* ]]
    # c_late: somebody refreshes it after the list of those to go was made
    y -e 'set write on' -e "sql INSERT INTO ops.rollup_state (cube, name, relation, fact, definition, state) VALUES ('Costs', 'c_late', 'parts.rollup_costs_c_late', 'analytics.fact_costs', 'x', 'ready')" \
        -e 'sql CREATE TABLE parts.rollup_costs_c_late (n int)' -e 'sql CREATE TABLE parts.rollup_costs_c_day_new (n int)' \
        -e 'sql CREATE FUNCTION ops.refresh_late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE ops.rollup_state SET last_refresh = now() WHERE name = $q$c_late$q$; RETURN NULL; END $$' \
        -e "sql UPDATE ops.rollup_state SET last_refresh = now() - interval '8 days'" \
        -e 'sql CREATE TRIGGER refresh_late AFTER DELETE ON ops.rollup_state FOR EACH ROW EXECUTE FUNCTION ops.refresh_late()' >/dev/null
    run y --format tsv -e 'rollup refresh'
    y -e 'set write on' -e 'sql DROP FUNCTION ops.refresh_late() CASCADE' >/dev/null
    [ "$status" -eq 0 ] || { echo "$output"; false; }
    [[ $output == *"Costs	c_day	dropped"* ]]
    [[ $output != *c_late* ]]
    [ "$(csv "sql SELECT to_regclass('parts.rollup_costs_c_late') IS NOT NULL AND to_regclass('parts.rollup_costs_c_day_new') IS NULL")" = t ]
    y -e 'set write on' -e 'sql DROP TABLE parts.rollup_costs_c_late' -e "sql DELETE FROM ops.rollup_state WHERE name = 'c_late'" >/dev/null
    [[ $output == *"VideoPerformance	daily_rollup	updated"* ]]
    [ "$(csv "sql SELECT count(*) FROM ops.rollup_state WHERE cube = 'Costs'")" = 0 ]
    [ "$(csv "sql SELECT to_regclass('parts.rollup_costs_c_day') IS NULL")" = t ]
}

@test "an analyst reads rollups and may not refresh them; a tenant does without" {
    run y --format tsv -e "sql SELECT has_table_privilege('ytempire_analyst', 'parts.rollup_videoperformance_daily_rollup', 'SELECT'), has_table_privilege('ytempire_analyst', 'parts.rollup_videoperformance_daily_rollup', 'INSERT'), has_schema_privilege('ytempire_tenant', 'parts', 'USAGE')"
    [[ $output == *"t	f	f"* || $output == *"true	false	false"* ]]
    user=$(y --format tsv --no-header -e 'sql SELECT user_id FROM analytics.dim_user WHERE is_current ORDER BY user_key LIMIT 1')
    run y --as-user "$user" --format tsv -e 'explain revenue by month'
    [[ $output == *"daily_rollup: tenant_not_covered"* ]]
    run y --as-user "$user" -e 'rollup refresh'
    [ "$status" -eq 2 ]
}
