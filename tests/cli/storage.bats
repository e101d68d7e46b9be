# The schema as tables: partitions, policies, one migration; not waiting for who holds a table; what undoing touches.
load helper

setup_file() { load helper; yt --exec 'sample load --channels 5 --days 20 --seed 5' --exec 'storage maintain' >/dev/null 2>&1; }
teardown() { [ -z "${holder-}" ] || kill $holder 2>/dev/null || true; wait; }
rows() { yt --format json --exec "$1" | python3 -c "import json, sys; rows = json.load(sys.stdin); print($2)"; }

@test "each policy has its last run" {
  kept=partitions
  [ "${YTEMPIRE_TEST_STORAGE-}" != timescaledb ] || kept=compression      # its own workers run it, when they come to it
  [ "$(rows 'storage policies' '"'$kept'" in {r["policy"] for r in rows if r["relation"] == "analytics.fact_video_performance"}')" = True ]
  [ "$(rows 'storage policies' 'all(float(r["age_seconds"]) >= 0 if r["last_run"] else "not run yet" in r["result"] for r in rows)')" = True ]
}

@test "the partitions of a table, with their bounds and rows" {
  # rows are what the last analyze has counted; who analyzes on the server's own account may have come in the load
  yt --exec 'set write on' --exec 'sql ANALYZE analytics.fact_video_performance' >/dev/null
  count=$(csv storage | awk -F, '$1 == "analytics.fact_video_performance" { print $3 }')
  [ "$(rows 'storage partitions fact_video_performance' 'sum("FROM" in r["bounds"] for r in rows)')" = "$count" ]
  [ "$(rows 'storage partitions analytics.fact_video_performance' 'sum(r["rows"] or 0 for r in rows)')" = "$(csv 'sql SELECT count(*) FROM analytics.fact_video_performance')" ]
  [ "$(rows 'storage partitions' 'len({r["relation"] for r in rows}) > 1')" = True ]
  [ "$(csv 'storage partitions no_such_table')" = '' ]
}

@test "who holds a table for good is told of, and nobody waits" {
  PGAPPNAME=holder "$YTEMPIRE" --local --exec 'set write on' --exec 'sql BEGIN' --exec 'sql LOCK TABLE analytics.fact_video_performance' \
    --exec 'sql SELECT pg_sleep(600)' 3>&- >/dev/null 2>&1 </dev/null & holder=$!
  eventually is_running 'pg_sleep(600)'
  run -1 yt --timeout 60 --exec storage
  [[ "$output" == *"'activity locks'"* ]]
  run -0 yt --timeout 60 --exec 'storage partitions' --exec 'storage policies'
}

@test "a migration is shown statement by statement, up and down" {
  [ "$(rows 'migrate show 6' '{r["part"] for r in rows} == {"up", "down"}')" = True ]
  [ "$(rows 'migrate show 0006' '[(r["target"], r["lock"], r["destructive"]) for r in rows if r["statement"] == "DROP TABLE ops.upkeep"]')" = "[('ops.upkeep', 'ACCESS EXCLUSIVE', True)]" ]
  [ "$(rows 'migrate show 0006' '[r["part"] for r in rows if r["statement"].startswith("CREATE TABLE ops.upkeep")]')" = "['up']" ]
  run -2 yt --exec 'migrate show 9999'
  [[ "$output" == *"there is no migration '9999'"* ]]
}

@test "before undoing it is said what that touches" {
  run -2 yt --exec 'migrate down 0027'
  [[ "$output" == *'Undo '*'0028_tape.sql, with the data in what they made (loses data of '*'ops.tape'*')?'* ]]
  [ "$(csv "sql SELECT max(version) FROM ops.migrations" | cut -c1-2)" = 00 ]
}

@test "who waits while another makes the same partition finds it made" {
  [ "${YTEMPIRE_TEST_STORAGE-}" != timescaledb ] || skip "its chunks are made by TimescaleDB"
  made="sql SELECT ops.make_partitions('analytics.fact_video_performance', '2010-01-04', '2010-01-04')"
  yt --quiet --exec 'set write on' --exec 'sql BEGIN' --exec "$made" --exec "sql DO \$\$ BEGIN WHILE NOT EXISTS (SELECT FROM pg_locks
    WHERE locktype = 'advisory' AND NOT granted) LOOP PERFORM pg_sleep(0.02); END LOOP; END \$\$ /* waited for */" --exec 'sql COMMIT' \
    3>&- >/dev/null 2>&1 & holder=$!
  eventually is_running '/* waited for */'
  run -0 yt --quiet --format csv --no-header --timeout 120 --exec 'set write on' --exec "$made"
  [ "$output" = 0 ]
  wait $holder
  [ "$(csv "sql SELECT count(*) FROM ops.partitions_of('analytics.fact_video_performance') WHERE from_bound = '2010-01-04'")" = 1 ]
}
