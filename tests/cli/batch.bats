# How batches are given, and what they write where.
load helper

@test "--exec may be given again, and --file between" {
  printf 'sql SELECT 2\n' >"$BATS_TEST_TMPDIR/two.yt"
  run -0 --separate-stderr yt --format csv --no-header --exec 'sql SELECT 1' --file "$BATS_TEST_TMPDIR/two.yt" -e 'sql SELECT 3'
  [ "$output" = $'1\n2\n3' ]
}

@test "a pipe is a batch" {
  run -0 --separate-stderr bash -c 'printf "sql SELECT 1\n-- a comment\nsql\n  SELECT 2\n" | "$YTEMPIRE" --local --format csv --no-header'
  [ "$output" = $'1\n2' ]
}

@test "--exec never reads standard input" {
  run -0 --separate-stderr bash -c 'printf "sql SELECT 9\n" | "$YTEMPIRE" --local --format csv --no-header --exec "sql SELECT 1"; cat' 
  [ "$output" = 1 ]
}

@test "an error in a file says where" {
  printf 'sql SELECT 1\n\nsql SELECT nonsense\n' >"$BATS_TEST_TMPDIR/broken.yt"
  run -1 yt --file "$BATS_TEST_TMPDIR/broken.yt"
  [[ "$output" == *'broken.yt:3'* ]]
  run -2 yt --file "$BATS_TEST_TMPDIR/none.yt"
  [[ "$output" == *'none.yt'* ]]
}

@test "an unknown word has a caret and a suggestion" {
  run -2 --separate-stderr yt --exec 'total_vews by channel'
  [ "$output" = '' ]
  [ "${stderr_lines[0]}" = "error: unknown measure 'total_vews'" ]
  [ "${stderr_lines[1]}" = '  total_vews by channel' ]
  [ "${stderr_lines[2]}" = '  ^^^^^^^^^^' ]
  [[ "${stderr_lines[3]}" == "hint: did you mean 'total_views'?"* ]]
}

@test "the server's error has its caret too" {
  run -1 yt --exec 'sql SELECT 1 + nonsense'
  [[ "$output" == *$'SELECT 1 + nonsense\n'* ]]
  [[ "$output" == *'^^^^^^^^'* ]]
}

@test "--output writes a file, and says when the disk is full" {
  run -0 yt --format csv --output "$BATS_TEST_TMPDIR/out.csv" --exec 'sql SELECT 1 AS n'
  [ "$output" = '' ]
  [ "$(cat "$BATS_TEST_TMPDIR/out.csv")" = $'n\n1' ]
  [ -w /dev/full ] || skip "no /dev/full"
  run -1 yt --format csv --output /dev/full --exec 'sql SELECT 1 AS n'
  [[ "$output" == *'cannot write to /dev/full: No space left on device'* ]]
  run -1 bash -c '"$YTEMPIRE" --local --format csv --exec "sql SELECT n FROM generate_series(1, 100000) AS n" >/dev/full'
  [[ "$output" == *'No space left on device'* ]]
}

@test "a full disk is told also where the command was done in part" {
  [ -w /dev/full ] || skip "no /dev/full"
  printf '%s\n' video_id,trending_date,title,channel_title,category_id,publish_time,tags,views,likes,dislikes,comment_count,thumbnail_link,comments_disabled,ratings_disabled,video_error_or_removed,description \
    'broken' >"$BATS_TEST_TMPDIR/bad.csv"
  run -1 yt --output /dev/full --exec "ingest trending '$BATS_TEST_TMPDIR/bad.csv'"
  [[ "$output" == *'cannot write to /dev/full: No space left on device'* ]]
}

@test "--output without a name is a usage error" {
  run -2 yt --output '' --exec 'sql SELECT 1'
  [[ "$output" == *'--output needs the name of a file'* ]]
}

@test "a result that the limit cut says so, whatever the format and however quiet" {
  mkdir "$BATS_TEST_TMPDIR/model"
  cat >"$BATS_TEST_TMPDIR/model/days.json" <<'EOF'
{"cubes": [{"name": "Days", "sql_table": "analytics.dim_date",
  "measures": {"days": {"sql": "full_date", "type": "count"}}, "dimensions": {"a_day": {"sql": "full_date", "type": "string", "primaryKey": true}}}]}
EOF
  for format in table csv; do
    for quiet in '' --quiet; do
      run -0 --separate-stderr yt $quiet --format "$format" --model "$BATS_TEST_TMPDIR/model" --exec 'query {"measures": ["Days.days"], "dimensions": ["Days.a_day"]}'
      [[ "$output$stderr" == *'cut by the limit'* ]] || { echo "$format $quiet"; false; }
    done
  done
}

@test "what --help writes to a full disk is an error too" {
  [ -w /dev/full ] || skip "no /dev/full"
  for option in --help --version; do
    run -1 bash -c '"$YTEMPIRE" "$1" >/dev/full' _ "$option"
    [[ "$output" == *'cannot write to standard output: No space left on device'* ]]
  done
}

@test "closed standard streams: no input is an empty batch, no output an error" {
  run -0 timeout 60 bash -c '"$YTEMPIRE" --local <&-'
  [ "$output" = '' ]
  run -1 timeout 60 bash -c '"$YTEMPIRE" --local --format csv --exec "sql SELECT 1" >&-'
  [[ "$output" == *'cannot write to standard output'* ]]
  run -1 timeout 60 bash -c '"$YTEMPIRE" --local --exec "sql SELECT nonsense" 2>&-'
  run -0 timeout 60 bash -c '"$YTEMPIRE" --local --format csv --no-header --exec "sql SELECT 1" <&- 2>&-'
  [ "$output" = 1 ]
}

@test "a closed pipe ends quietly" {
  run -0 --separate-stderr bash -c 'set -o pipefail; "$YTEMPIRE" --local --format csv --exec "sql SELECT n AS closed_pipe FROM generate_series(1, 100000000) AS n" | head -n 2'
  [ "$output" = $'closed_pipe\n1' ]
  [ "$stderr" = '' ]
  eventually is_not_running closed_pipe
}

@test "a reader that stands still does not keep --timeout from being heard" {
  mkfifo "$BATS_TEST_TMPDIR/pipe"
  sleep 300 <"$BATS_TEST_TMPDIR/pipe" 3>&- &
  reader=$!
  run -124 bash -c '"$YTEMPIRE" --local --timeout 1 --format csv --exec "sql SELECT repeat('"'x'"', 100) AS stalled FROM generate_series(1, 10000000)" >"$1"' _ "$BATS_TEST_TMPDIR/pipe"
  kill "$reader"
  eventually is_not_running stalled
}

@test "--stats: one JSON object a command on standard error" {
  run -0 --separate-stderr yt --stats --format csv --exec 'sql SELECT n FROM generate_series(1, 3) AS n'
  python3 -c 'import json, sys; s = json.loads(sys.argv[1]); assert s["rows"] == 3 and s["elapsed_ms"] > 0 and {"cache", "source", "rollup", "key"} <= set(s), s' "$stderr"
}

@test "--var is bound, never pasted" {
  run -0 --separate-stderr yt --format csv --no-header --var "name=x'; DROP TABLE users.accounts; --" --exec 'sql SELECT :name AS a'
  [ "$output" = "x'; DROP TABLE users.accounts; --" ]
  run -2 yt --exec 'sql SELECT :nmae' --var name=1
  [[ "$output" == *"nmae"* ]]
}

@test "sql only reads, unless write is set" {
  run -1 yt --exec 'sql CREATE TABLE public.written (n int)'
  [[ "$output" == *'read-only'* ]]
  run -0 yt --exec 'set write on; sql CREATE TABLE public.written (n int); sql DROP TABLE public.written'
  run -1 yt --exec 'sql SET default_transaction_read_only = off; sql CREATE TABLE public.written (n int)'
}

@test "every format shows the same rows" {
  statement="sql SELECT 1 AS id, 'a,\"b' AS \"text\", NULL AS nothing, 1.50::numeric AS amount, timestamptz '2026-01-31 12:00+00' AS at, true AS ok"
  run -0 --separate-stderr yt --format csv --exec "$statement"
  [ "${lines[0]}" = 'id,text,nothing,amount,at,ok' ]
  [ "${lines[1]}" = '1,"a,""b",,1.50,2026-01-31 12:00:00+00,t' ]
  run -0 --separate-stderr yt --format json --exec "$statement"
  [ "$(jq_like "$output")" = "[(1, 'a,\"b', None, '1.50', '2026-01-31T12:00:00+00:00', True)]" ]
  run -0 --separate-stderr yt --format tsv --exec "$statement"
  [ "${lines[1]}" = $'1\ta,"b\t\\N\t1.50\t2026-01-31 12:00:00+00\tt' ]
  for format in table ndjson markdown html vertical cube; do
    run -0 --separate-stderr yt --format "$format" --exec "$statement"
    [[ "$output" == *'1.50'* ]]
  done
}

@test "an answer at the prompt is one line, and what follows its first letter is no command" {
  run -0 python3 - "$YTEMPIRE" <<'EOF'
import os, pty, sys
os.environ["TERM"] = "dumb"        # a terminal that can show the console gets it
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], [sys.argv[1], "--local", "--color", "never"])
seen = b""
def until(what):
    global seen
    while what not in seen:
        seen += os.read(fd, 4096)
    seen = seen.split(what, 1)[1]
until(b"ytempire> ")
os.write(fd, b"local reset\n")
until(b"[y/N] ")
os.write(fd, b"no, by no meanssql SELECT 4000 + 242 AS run\n")
until(b"was not confirmed")
os.write(fd, b"sql SELECT 'the end' AS last\n")
until(b"last")
text = b""
while b"the end " not in text:
    text += os.read(fd, 4096)
os.write(fd, b"quit\n")
os.waitpid(pid, 0)
assert b"4242" not in seen + text, seen + text
EOF
}

jq_like() { python3 -c 'import json, sys, decimal; print([tuple(str(v) if isinstance(v, decimal.Decimal) else v for v in r.values()) for r in json.loads(sys.argv[1], parse_float=decimal.Decimal)])' "$1"; }
