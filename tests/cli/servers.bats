# Servers that go away under a command.
load helper

@test "a server that ends the connection in mid-query is told, with exit code 3" {
  "$YTEMPIRE" --local --exec "sql SELECT pg_sleep(600) AS terminated" 3>&- 2>"$BATS_TEST_TMPDIR/err" </dev/null &
  pid=$!
  eventually is_running terminated
  csv "sql SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%terminated%' AND pid <> pg_backend_pid()"
  status=0; wait "$pid" || status=$?
  [ "$status" -eq 3 ]
  grep -q 'error: the server ended the connection' "$BATS_TEST_TMPDIR/err"
}

@test "a result cut in the middle is no success" {
  "$YTEMPIRE" --local --format csv --exec "sql SELECT n AS cut, pg_sleep(0.001) FROM generate_series(1, 1000000) AS n" 3>&- >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" </dev/null &
  pid=$!
  eventually is_running 'AS cut'
  csv "sql SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%AS cut%' AND pid <> pg_backend_pid()"
  status=0; wait "$pid" || status=$?
  [ "$status" -eq 3 ]
  grep -q error: "$BATS_TEST_TMPDIR/err"
}

@test "servers that are down are started by whoever needs them" {
  yt --exec 'local down'
  run -0 --separate-stderr yt --format csv --no-header --exec 'sql SELECT 1'
  [ "$output" = 1 ]
}

@test "--local is the private servers, whatever the environment says of others" {
  printf '[there]\nhost=/nowhere\nsslmode=require\n' >"$BATS_TEST_TMPDIR/services"
  for service in there none; do
    PGSERVICEFILE=$BATS_TEST_TMPDIR/services PGSERVICE=$service PGHOST=/nowhere PGPORT=1 run -0 --separate-stderr yt --format csv --no-header --exec 'sql SELECT 1'
    [ "$output" = 1 ]
  done
}

@test "the next command of a batch connects again" {
  run -4 --separate-stderr yt --keep-going --format csv --no-header --exec 'sql SELECT pg_terminate_backend(pg_backend_pid()); sql SELECT 2'
  [[ "$output" == *2 ]]
}

@test "of a transaction that is lost with its connection nothing is done, and it is not gone on with" {
  yt --quiet --exec 'set write on; sql CREATE TABLE public.halves (n int)'
  run -4 --separate-stderr yt --keep-going --format csv --no-header --exec 'set write on; sql BEGIN; sql INSERT INTO public.halves VALUES (1); sql SELECT pg_terminate_backend(pg_backend_pid()); sql INSERT INTO public.halves VALUES (2); sql INSERT INTO public.halves VALUES (3); sql COMMIT; sql SELECT count(*) FROM public.halves; sql DROP TABLE public.halves'
  [ "${lines[-2]}" = 0 ]
  [ "$(grep -c 'the connection was lost within a transaction: what it had done is undone' <<<"$stderr")" = 3 ]
}

@test "without Redis a question is answered" {
  address=$(yt --format csv --no-header --exec 'local status' | awk -F, '$1 == "Redis" { print $5 }')
  redis-cli -s "$address" shutdown nosave
  run redis-cli -s "$address" ping
  [ "$status" -ne 0 ]
  run -0 --separate-stderr yt --format csv --no-header --exec 'videos'
  yt --quiet --exec 'local up' >/dev/null
  [ "$(redis-cli -s "$address" ping)" = PONG ]
}

@test "a program that is killed leaves no query behind" {
  "$YTEMPIRE" --local --exec "sql SELECT pg_sleep(600) AS orphaned" 3>&- 2>/dev/null </dev/null &
  pid=$!
  eventually is_running orphaned
  kill -KILL "$pid"
  wait "$pid" || true
  eventually is_not_running orphaned
}
