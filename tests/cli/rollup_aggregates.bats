# Rollups of plain aggregates in buckets of UTC: with TimescaleDB continuous aggregates, else tables, and the same answers.

load helper

y() { yt --quiet --model "$BATS_FILE_TMPDIR/model" "$@"; }
change() { y -e 'set write on' -e "sql $1" >/dev/null; }

setup_file() {
  load helper
  mkdir "$BATS_FILE_TMPDIR/model"
  cp "$YTEMPIRE_DATADIR"/queries/model/*.json "$BATS_FILE_TMPDIR/model"
  declare_rollups '["total_cost", "quantity", "cost_entries", "unit_cost"]'
  yt --quiet -e 'sample load --channels 4 --days 40 --seed 5' >/dev/null
}

teardown_file() {
  load helper
  for name in costs_c_hour costs_c_month videos_v_month videoperformance_money videoperformance_counter; do
    for kind in TABLE 'MATERIALIZED VIEW'; do
      yt --quiet -e 'set write on' -e "sql DROP $kind IF EXISTS parts.rollup_$name" >/dev/null 2>&1 || true
    done
  done
  yt --quiet -e 'set write on' -e 'sql DELETE FROM ops.rollup_state' >/dev/null
}

# MEASURES of the monthly rollup of costs
declare_rollups() {
  python3 - "$BATS_FILE_TMPDIR/model" "$1" <<'EOF'
import json, sys
def declare(name, rollups):
    path = f"{sys.argv[1]}/{name}.json"
    model = json.load(open(path))
    model["cubes"][0]["pre_aggregations"] = rollups
    json.dump(model, open(path, "w"))
def rollup(measures, dimensions, granularity, time):
    return {"type": "rollup", "measures": measures, "dimensions": dimensions, "granularity": granularity, "time_dimension": time}
declare("costs", {"c_hour": rollup(["total_cost", "cost_entries"], ["cost_category", "channel_id"], "hour", "cost_time"),
                  "c_month": rollup(json.loads(sys.argv[2]), ["cost_category"], "month", "cost_time")})
declare("videos", {"v_month": rollup(["video_count"], ["category"], "month", "published_at")})
declare("video_performance", {"money": rollup(["revenue", "profit", "snapshots", "click_through_rate"], ["channel"], "day", "snapshot_time"),
                              "counter": rollup(["total_views", "revenue"], ["channel"], "day", "snapshot_time")})
EOF
}

engine() { y --format csv --no-header -e "sql SELECT value FROM ops.settings WHERE name = 'storage_engine'"; }
kept() { y --format csv --no-header -e 'rollups' | awk -F, -v name="$1" '$2 == name { print $NF }'; }
is_held() { [ "$(csv "sql SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 4712 AND granted")" = 1 ]; }
agrees() {
  run y -e 'rollup check'
  [ "$status" -eq 0 ] || { echo "$output"; return 1; }
}

@test "what an aggregate says the same is one, counters are not" {
  run y --format tsv -e 'rollup refresh'
  [ "$status" -eq 0 ]
  [[ $output == *"Costs	c_month	built"* ]]
  if [ "$(engine)" = timescaledb ]; then
    for name in c_hour c_month money; do [ "$(kept $name)" = 'continuous aggregate' ]; done
    [[ $(yt --model "$BATS_FILE_TMPDIR/model" -e 'set write on' -e "sql UPDATE ops.rollup_state SET definition = 'other' WHERE name = 'counter'" -e 'rollup refresh counter' 2>&1) == *"counter is kept as a table: counters"* ]]
  else
    [ "$(kept money)" = table ]
  fi
  [ "$(kept counter)" = table ]
  [ "$(kept v_month)" = table ]
  run y --format tsv -e 'explain total_cost by month, cost_category'
  [[ $output == *"source	rollup Costs.c_month"* ]]
  [ "$(y --format csv --no-header -e "sql SELECT count(*) FROM ops.rollup_state WHERE rows > 0 AND bytes > 0")" = 5 ]
  agrees
}

@test "late rows, rows that change and rows that go" {
  change "INSERT INTO analytics.fact_costs (source, source_ref, date_key, cost_category, total_cost_cents, quantity, cost_timestamp) SELECT 'late', n::text, date_key, cost_category, 250, 2, cost_timestamp - interval '70 minutes' FROM (SELECT *, row_number() OVER (ORDER BY cost_timestamp, source_ref) AS n FROM analytics.fact_costs) AS f WHERE n % 97 = 3"
  change "UPDATE analytics.fact_costs SET total_cost_cents = total_cost_cents + 10000 WHERE source = 'late' AND source_ref LIKE '%7'"
  change "DELETE FROM analytics.fact_costs WHERE source = 'sample' AND cost_timestamp < (SELECT min(cost_timestamp) + interval '5 hours' FROM analytics.fact_costs)"
  # noted as a load would; the first hours are empty by now
  change "INSERT INTO ops.touched_hours (relation, hour) SELECT 'analytics.fact_costs', h FROM (SELECT min(cost_timestamp) - interval '10 hours' AS first, max(cost_timestamp) AS last FROM analytics.fact_costs) AS f, generate_series(date_trunc('hour', first, 'UTC'), last, interval '1 hour') AS h"
  agrees
  [ "$(y --format csv --no-header -e "sql SELECT count(*) > 0 FROM ops.rollup_touched WHERE cube = 'Costs'")" = t ]
  run y --format tsv -e 'rollup refresh'
  [ "$status" -eq 0 ]
  [[ $output == *"Costs	c_hour	updated"* ]]
  [ "$(y --format csv --no-header -e "sql SELECT count(*) FROM ops.rollup_touched")" = 0 ]
  agrees
  rolled=$(y --format csv -e 'total_cost, cost_entries by cost_category, month')
  change "UPDATE ops.rollup_state SET state = 'failed'"
  facts=$(y --format csv -e 'total_cost, cost_entries by cost_category, month')
  change "UPDATE ops.rollup_state SET state = 'ready'"
  [ -n "$rolled" ]
  [ "$rolled" = "$facts" ]
}

@test "a refresh that is broken off leaves right answers, and the next one mends it" {
  change "UPDATE analytics.fact_costs SET total_cost_cents = total_cost_cents + 333 WHERE source = 'late'"
  change "INSERT INTO ops.touched_hours (relation, hour) SELECT DISTINCT 'analytics.fact_costs', date_trunc('hour', cost_timestamp, 'UTC') FROM analytics.fact_costs WHERE source = 'late'"
  change "CREATE FUNCTION ops.stop_here() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''stopped''; END'"
  change "CREATE TRIGGER stop_here BEFORE DELETE ON ops.rollup_touched FOR EACH STATEMENT EXECUTE FUNCTION ops.stop_here()"
  run y -e 'rollup refresh c_hour'
  [ "$status" -ne 0 ]
  [[ $output == *stopped* ]]
  agrees
  change "DROP FUNCTION ops.stop_here() CASCADE"
  run y -e 'rollup refresh c_hour'
  [ "$status" -eq 0 ]
  agrees
}

@test "another definition takes the place of the old one, as an aggregate or not" {
  declare_rollups '["total_cost", "ai_cost"]'
  run y --format tsv -e 'rollups'
  [[ $output == *"c_month	stale"* ]]
  run y --format tsv -e 'rollup refresh c_month'
  [ "$status" -eq 0 ]
  [[ $output == *"c_month	built"* ]]
  run y --format tsv -e 'explain ai_cost by month'
  [[ $output == *"source	rollup Costs.c_month"* ]]
  agrees
  [ "$(y --format csv --no-header -e "sql SELECT count(*) FROM pg_class WHERE relnamespace = 'parts'::regnamespace AND relname LIKE '%\_new'")" = 0 ]
}

# It reads facts, and when the refresh waits for it, for longer than the server does before it looks for a deadlock, the rollup.
reader_is_not_ended() {
  change "UPDATE ops.rollup_state SET definition = 'other' WHERE name = 'c_month'"
  y -e 'set write on' -e 'sql BEGIN' -e 'sql SELECT count(*) FROM analytics.fact_costs' -e 'sql SELECT pg_advisory_xact_lock(4712)' \
    -e 'sql DO $$ BEGIN WHILE NOT EXISTS (SELECT FROM pg_locks WHERE relation = to_regclass($q$analytics.fact_costs$q$) AND NOT granted AND mode = $q$AccessExclusiveLock$q$) LOOP PERFORM pg_sleep(0.02); END LOOP; PERFORM pg_sleep(1.2); END $$' \
    -e 'sql SELECT count(*) FROM parts.rollup_costs_c_month' -e 'sql COMMIT' >"$BATS_TEST_TMPDIR/reader" 2>&1 &
  reader=$!
  eventually is_held
  run y --format tsv -e 'rollup refresh c_month'
  wait $reader || { cat "$BATS_TEST_TMPDIR/reader"; false; }
  [ "$status" -eq 0 ] || { echo "$output"; false; }
  [[ $output == *"c_month	built"* ]]
  agrees
}

@test "a reader of the facts is not ended by the rollup that is dropped behind it" {
  [ "$(engine)" = timescaledb ] || skip "of TimescaleDB"
  reader_is_not_ended
  # nor where a table takes its place
  python3 - "$BATS_FILE_TMPDIR/model/costs.json" <<'EOF'
import json, sys
model = json.load(open(sys.argv[1]))
model["cubes"][0]["measures"]["sources"] = {"type": "count_distinct", "sql": "source"}
json.dump(model, open(sys.argv[1], "w"))
EOF
  declare_rollups '["total_cost", "sources"]'
  reader_is_not_ended
  [ "$(kept c_month)" = table ]
  run y --format tsv -e 'explain sources by month, cost_category'
  [[ $output == *"source	rollup Costs.c_month"* ]] || { echo "$output"; false; }
  declare_rollups '["total_cost", "ai_cost"]'
}

@test "analysts read it, the worker refreshes it" {
  run y --format csv --no-header -e "sql SELECT has_table_privilege('ytempire_analyst', 'parts.rollup_costs_c_hour', 'SELECT'), has_table_privilege('ytempire_analyst', 'parts.rollup_costs_c_hour', 'INSERT')"
  [ "$output" = t,f ]
  if [ "$(engine)" = timescaledb ]; then
    run y --format csv --no-header -e "sql SELECT relowner::regrole, pg_has_role('ytempire_worker', relowner, 'USAGE') FROM pg_class WHERE oid = 'parts.rollup_costs_c_hour'::regclass"
    [ "$output" = ytempire_rollup,t ]
  fi
}

@test "what was a snapshot and is none any more changes the bucket of the next one" {
  day="date_trunc('day', now(), 'UTC') - interval '12 days'"
  change "UPDATE analytics.fact_video_performance SET views = NULL WHERE \"timestamp\" >= $day AND \"timestamp\" < $day + interval '1 day'"
  change "INSERT INTO ops.touched_hours (relation, hour) SELECT 'analytics.fact_video_performance', $day + h * interval '1 hour' FROM generate_series(0, 23) AS h"
  run y --format tsv -e 'rollup refresh counter'
  [ "$status" -eq 0 ]
  run y --format tsv -e 'rollup check counter'
  [ "$status" -eq 0 ] || { echo "$output" | head -5; false; }
}

@test "compressed snapshots are read as others" {
  [ "$(engine)" = timescaledb ] || skip "of TimescaleDB"
  for question in 'total_views by channel' 'total_views, views_gained by day last 3 days' 'engagement_rate'; do
    y --format csv -e "$question"
  done >"$BATS_TEST_TMPDIR/before"
  change "SELECT count(public.compress_chunk(c)) FROM public.show_chunks('analytics.fact_video_performance', older_than => interval '7 days') AS c"
  for question in 'total_views by channel' 'total_views, views_gained by day last 3 days' 'engagement_rate'; do
    y --format csv -e "$question"
  done >"$BATS_TEST_TMPDIR/after"
  [ "$(wc -l <"$BATS_TEST_TMPDIR/after")" -gt 8 ]
  diff "$BATS_TEST_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
}

@test "a bucket whose first facts retention has taken is kept as it was" {
  horizon="now() - interval '15 days'"
  rows() { y --format csv --no-header -e "sql SELECT sum(facts) FROM parts.rollup_videoperformance_money WHERE \"timestamp\" = date_trunc('day', $horizon, 'UTC')"; }
  y -e 'rollup refresh money' >/dev/null
  before=$(rows)
  change "DELETE FROM analytics.fact_video_performance WHERE \"timestamp\" < $horizon"
  change "UPDATE ops.settings SET value = '15' WHERE name = 'retention_days'"
  change "INSERT INTO ops.touched_hours (relation, hour) SELECT 'analytics.fact_video_performance', date_trunc('hour', $horizon, 'UTC') + interval '1 hour'"
  run y --format tsv -e 'rollup refresh money'
  change "UPDATE ops.settings SET value = 'off' WHERE name = 'retention_days'"
  [ "$status" -eq 0 ]
  [ "$before" -gt 0 ]
  [ "$(rows)" = "$before" ]
}

@test "rollups go with the migration that lets them be aggregates, and are made anew" {
  y --yes -e 'migrate down 18' >/dev/null
  y -e 'migrate up' >/dev/null
  [ "$(y --format csv --no-header -e "sql SELECT count(*) FROM pg_class WHERE relnamespace = 'parts'::regnamespace AND relname LIKE 'rollup\_%' AND relkind IN ('r', 'v')")" = 0 ]
  [ -z "$(kept c_hour)" ]
  run y --format tsv -e 'rollup refresh c_hour'
  [ "$status" -eq 0 ]
  y -e 'rollup check c_hour' >/dev/null
}
