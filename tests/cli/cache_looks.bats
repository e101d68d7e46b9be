# What the cache's screen shows, as tables: hit rate over time, classes, what depends on what, warm sets and their schedules.
load helper

setup_file() { load helper; yt --exec 'sample load --channels 10 --days 20 --seed 5' >/dev/null 2>&1; }
setup() { socket=$(find "$XDG_DATA_HOME/ytempire/local/" -name redis.sock | head -n 1); redis FLUSHALL >/dev/null; }

yt() { "$YTEMPIRE" --local "$@" </dev/null; }
redis() { redis-cli -s "$socket" "$@"; }
question='total_views by category last 10 days'
# Fields of all rows, summed or joined by python.
rows() { yt --format json --exec "$1" 2>/dev/null | python3 -c "import json, sys; rows = json.load(sys.stdin); print($2)"; }

@test "each minute has what was asked in it, and all of them are what cache stats counts" {
  yt --exec "$question" --exec "$question" --exec "$question" >/dev/null
  [ "$(rows 'cache history' 'len(rows)')" -eq 60 ]
    [ "$(rows 'cache history' 'sum(r["hits"] for r in rows), sum(r["misses"] for r in rows), sum(r["stored"] for r in rows)')" = '2 1 1' ]
  [ "$(rows 'cache history 24 --step 1440' 'max(float(r["hit_rate"] or 0) for r in rows)')" = 66.67 ]
  [ "$(rows 'cache history' 'rows[0]["hit_rate"]')" = None ]
  [ "$(rows 'cache history' 'rows == sorted(rows, key=lambda r: r["at"])')" = True ]
  run -2 yt --exec 'cache history 25'
  hour=$(redis --scan --pattern 'ytempire:stats:*' | head -n 1)
  [ "$(redis PTTL "$hour")" -gt 86400000 ]
  [ "$(redis PTTL "$hour")" -le 90000000 ]
}

@test "minutes of an earlier hour are told, and what lies before the time that is asked for is not" {
  now=$(redis --raw TIME | head -n 1)
  redis HSET "ytempire:stats:$((now / 3600 - 5))" '7 hits' 3 '7 misses' 1 >/dev/null
  [ "$(rows 'cache history 24 --step 60' 'sum(r["hits"] for r in rows)')" = 3 ]
  [ "$(rows 'cache history 3' 'sum(r["hits"] for r in rows)')" = 0 ]
  redis SET "ytempire:stats:$((now / 3600))" 'no hash' >/dev/null
  [ "$(rows 'cache history 24 --step 60' 'sum(r["hits"] for r in rows)')" = 3 ]
  run -0 yt --exec "$question"
}

@test "keys by class, and those of other programs" {
  yt --exec "$question" --exec 'cache warm executive_dashboard' >/dev/null
  redis SETEX analytics:other 300 17 >/dev/null
  [ "$(rows 'cache classes' '[(r["class"], r["keys"], r["warmed"]) for r in rows]')" = \
    "[('executive_dashboard', 4, 4), ('operational_metrics', 0, 0), ('historical_analysis', 1, 0), ('user_reports', 0, 0), (None, 1, 0)]" ]
  [ "$(rows 'cache classes' 'sum(r["bytes"] for r in rows) == sum(r["bytes"] for r in '"$(yt --format json --exec 'cache keys' | python3 -c 'import json, sys; print([{"bytes": r["bytes"]} for r in json.load(sys.stdin)])')"')')" = True ]
  [ "$(rows 'cache classes' '[r["ttl_seconds"] for r in rows]')" = '[300, 60, 3600, 1800, None]' ]
}

@test "what depends on a table, and dropping it with a count first" {
  yt --exec "$question" --exec 'cache warm executive_dashboard' >/dev/null
  [ "$(rows 'cache dependencies' '"analytics.fact_video_performance" in [r["relation"] for r in rows]')" = True ]
  [ "$(rows 'cache dependencies fact_video_performance' 'sum(r["warm_set"] is None for r in rows)')" = 1 ]
  [ "$(rows 'cache dependencies analytics.fact_video_performance' '{r["warm_set"] for r in rows if r["warm_set"]}')" = "{'executive_dashboard'}" ]
  [ "$(csv 'cache dependencies no_such_table')" = '' ]
  [ "$(csv 'cache invalidate --dry-run --table fact_video_performance' | cut -d, -f1,2,4)" = fact_video_performance,1,f ]
  run -2 yt --exec 'cache invalidate --ask --table fact_video_performance'
  [[ "$output" == *'Drop 1 answers that depend on fact_video_performance?'* ]]
  [ "$(redis EXISTS analytics:executive:total_videos)" = 1 ]
  [ "$(csv 'cache invalidate --ask --yes --table fact_video_performance' | cut -d, -f1,2,4)" = fact_video_performance,1,t ]
  [ "$(rows 'cache dependencies fact_video_performance' 'len(rows)')" = 0 ]
  [ "$(redis EXISTS analytics:executive:total_videos)" = 1 ]
  [ "$(rows 'cache keys' 'all(r["stale"] for r in rows if "fact_video" in str(r) or r["key"].endswith("avg_engagement"))')" = True ]
  run -2 yt --exec 'cache invalidate'
  [[ "$output" == *'needs PATTERN or --table'* ]]
  run -2 yt --exec 'cache invalidate x --table y'
  run -2 yt --exec 'cache invalidate --ask executive:'
  [[ "$output" == *"Drop 4 answers whose names begin with 'executive:'?"* ]]
  [ "$(csv 'cache invalidate executive:' | cut -d, -f2,4)" = 4,t ]
}

@test "the schedule of each warm set, and how it went last" {
  [ "$(rows 'cache schedule' '[(r["set"], r["cron"], r["enabled"], r["warmed_at"]) for r in rows]')" = \
    "[('executive_dashboard', '*/5 * * * *', True, None), ('trending_content', '0 * * * *', True, None), ('user_dashboards', '*/30 * * * *', True, None)]" ]
  yt --exec 'cache warm executive_dashboard' --exec 'schedule run executive_dashboard' --exec 'schedule pause trending_content' >/dev/null
  [ "$(rows 'cache schedule' '[(r["entries"], r["last_state"], r["warmed_at"] is not None, r["enabled"]) for r in rows][:2]')" = \
    "[(4, 'available', True, True), (0, None, False, False)]" ]
  redis HSET ytempire:warm:failed 'executive_dashboard analytics:executive:total_videos' '1 because' >/dev/null
  [ "$(rows 'cache schedule' '[r["failing"] for r in rows]')" = '[1, 0, 0]' ]
  yt --exec 'schedule remove user_dashboards' >/dev/null
  [ "$(rows 'cache schedule' '[r["schedule"] for r in rows]')" = "['executive_dashboard', 'trending_content', None]" ]
}

@test "a whole key, as it is listed, is a pattern" {
  yt --quiet --exec 'cache warm executive_dashboard' >/dev/null
  key=$(yt --quiet --format csv --no-header --exec 'cache keys executive:' | cut -d, -f1 | head -n 1)
  [ "${key#analytics:}" != "$key" ]
  [ "$(yt --quiet --format csv --no-header --exec "cache keys $key" | cut -d, -f1)" = "$key" ]
  [ "$(yt --quiet --format csv --no-header --exec "cache invalidate --dry-run $key" | cut -d, -f2)" = 1 ]
}

@test "what Redis uses and what it may use are said in the same unit" {
  run -0 yt --exec 'cache stats'
  [[ "$output" == *'256.0 MiB'* ]]
  [ "$(yt --format csv --no-header --exec 'cache stats' | cut -d, -f9)" = 268435456 ]
}
