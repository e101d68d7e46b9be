# contract.md, "Exit codes"
load helper

@test "0: all done, and an empty list is all done" {
  run -0 yt --exec 'sql SELECT 1'
  run -0 yt --exec 'sql SELECT 1 WHERE false'
}

@test "1: the server refuses a statement" {
  run -1 yt --exec 'sql SELECT nonsense'
  [[ "$output" == *'error: column "nonsense" does not exist'* ]]
}

@test "2: usage, syntax and names that do not exist" {
  run -2 yt --no-such-option
  run -2 yt --exec 'migrate foo'
  run -2 yt --exec 'total_vews by channel'
  run -2 yt --exec 'total_views by by'
  run -2 yt --exec 'total_views for 3m'
  run -2 yt --local postgresql://elsewhere/db --exec 'sql SELECT 1'
  run -2 yt --format nonsense --exec 'sql SELECT 1'
  PGSERVICE=none run -2 "$YTEMPIRE" --exec 'sql SELECT 1' </dev/null
  [[ "$output" == *'service "none" not found'* ]]
}

@test "3: no connection" {
  run -3 "$YTEMPIRE" --dsn 'host=/nowhere dbname=x' --exec 'sql SELECT 1' </dev/null
  [[ "$output" == *error:* ]]
  run -3 "$YTEMPIRE" --dsn 'host=127.0.0.1 port=1 dbname=x connect_timeout=5' --exec 'sql SELECT 1' </dev/null
}

@test "4: keep-going with failures, when one succeeded" {
  run -4 --separate-stderr yt --keep-going --format csv --no-header --exec 'sql SELECT 1; sql SELECT nonsense; sql SELECT 2'
  [ "$output" = $'1\n2' ]
}

@test "keep-going where nothing succeeded: the first failure's own" {
  run -2 yt --keep-going --exec 'total_vews; sql SELECT nonsense'
  run -1 yt --keep-going --exec 'sql SELECT nonsense; total_vews'
}

@test "the first failure stops" {
  run -1 --separate-stderr yt --format csv --no-header --exec 'sql SELECT 1; sql SELECT nonsense; sql SELECT 2'
  [ "$output" = 1 ]
}

@test "5: a result that does not hold --expect" {
  run -5 yt --expect 'rows > 0' --exec 'sql SELECT 1 WHERE false'
  run -0 yt --expect 'rows = 3 and all n <= 3 and any n = 2' --exec 'sql SELECT n FROM generate_series(1, 3) AS n'
  run -5 yt --expect 'n < 3' --exec 'sql SELECT n FROM generate_series(1, 3) AS n'
  run -2 yt --expect 'rows >' --exec 'sql SELECT 1'
}

@test "5: every result is asked, also the first of a file's, and one that was done in part" {
  printf 'SELECT 1 WHERE false\nSELECT 2\n' >"$BATS_TEST_TMPDIR/two.sql"
  run -5 yt --expect 'rows = 1' --exec "\\i $BATS_TEST_TMPDIR/two.sql"
  printf '%s\n' video_id,trending_date,title,channel_title,category_id,publish_time,tags,views,likes,dislikes,comment_count,thumbnail_link,comments_disabled,ratings_disabled,video_error_or_removed,description \
    'broken' >"$BATS_TEST_TMPDIR/bad.csv"
  run -4 yt --exec "ingest trending '$BATS_TEST_TMPDIR/bad.csv'"
  run -4 yt --expect 'rejected = 1' --exec "ingest trending '$BATS_TEST_TMPDIR/bad.csv'"
  run -5 yt --expect 'rejected = 0' --exec "ingest trending '$BATS_TEST_TMPDIR/bad.csv'"
}

@test "124: timed out, and nothing goes on at the server" {
  run -124 yt --timeout 0.3 --exec "sql SELECT pg_sleep(600) AS timed_out"
  [[ "$output" == *'error: the command took longer than it may'* ]]
  eventually is_not_running timed_out
}

@test "130: interrupted, and nothing goes on at the server" {
  "$YTEMPIRE" --local --exec "sql SELECT pg_sleep(600) AS interrupted" 3>&- 2>"$BATS_TEST_TMPDIR/err" </dev/null &
  pid=$!
  eventually is_running interrupted
  kill -INT "$pid"
  status=0; wait "$pid" || status=$?
  [ "$status" -eq 130 ]
  grep -q 'error: interrupted' "$BATS_TEST_TMPDIR/err"
  eventually is_not_running interrupted
}
