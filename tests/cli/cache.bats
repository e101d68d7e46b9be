# The cache: answers that need no PostgreSQL, what takes them away, and what others do to them.
load helper

setup_file() { load helper; need_files; yt --exec 'sample load --channels 10 --days 20 --seed 5' >/dev/null 2>&1; }
setup() { need_files; need_trending; socket=$(find "$XDG_DATA_HOME/ytempire/local/" -name redis.sock | head -n 1); redis FLUSHALL >/dev/null; }

yt() { "$YTEMPIRE" --local "$@" </dev/null; }
redis() { redis-cli -s "$socket" "$@"; }
question='views_gained by category for 2017-11-14..2017-11-20 top 3'
# How it was answered: hit, stale, miss or off; the answer itself goes to $out.
asked() { out=$("$YTEMPIRE" --local --stats --format csv "${@:2}" --exec "$1" 2>"$BATS_TEST_TMPDIR/stats" </dev/null) || status=$?; sed -n 's/.*"cache": "\([a-z]*\)".*/\1/p' "$BATS_TEST_TMPDIR/stats"; }
key_of() { yt --format json --exec "explain $1" | python3 -c 'import json, sys; print(next(r["text"] for r in json.load(sys.stdin) if r["part"] == "key"))'; }

@test "an answer comes back the same in every format, and people see how old it is" {
  for format in table csv tsv json ndjson markdown html vertical cube; do
    first=$(yt --refresh --format $format --exec "$question" 2>/dev/null)
    run -0 --separate-stderr yt --stats --format $format --exec "$question"
    case $format in
      table | vertical | html)
        [[ "$output" =~ ' · cached, '[0-9.]+' '(ms|s|min)' old' ]]
        [ "${output/"${BASH_REMATCH[0]}"/}" = "$first" ] ;;
      *) [ "$output" = "$first" ] ;;
    esac
    [[ "$stderr" == *'"cache": "hit"'* ]]
    past=$(yt --no-cache --format $format --exec "$question" 2>/dev/null)
    [ "$first" = "$past" ]
  done
}

@test "a hit opens no connection to PostgreSQL" {
  [ "$(asked "$question")" = miss ]
  pid=$(head -n 1 "$(find "$XDG_DATA_HOME/ytempire/local/" -name postmaster.pid | head -n 1)")
  kill -STOP "$pid"
  answered=$(asked "$question" --timeout 60)
  kill -CONT "$pid"
  [ "$answered" = hit ]
}

@test "the last query stays editable after a hit" {
  yt --exec "$question" >/dev/null
  run -0 --separate-stderr yt --format csv --no-header --exec "$question; top 1"
  [ "${#lines[@]}" -eq 4 ]
}

@test "the key is made of what explain shows" {
  yt --format json --exec "explain $question" >"$BATS_TEST_TMPDIR/explained"
  python3 - "$BATS_TEST_TMPDIR/explained" <<'PYTHON'
import hashlib, json, sys
parts = {row["part"]: row["text"] for row in json.load(open(sys.argv[1]))}
params = json.loads(parts["key params"])
assert sorted(params) == ["database", "model", "role", "tz", "user"], params
want = hashlib.md5(f'{parts["key query"]}:{json.dumps(params, sort_keys=True)}'.encode()).hexdigest()
assert parts["key"] == "analytics:" + want
assert parts["class"] == "historical_analysis" and parts["ttl"] == "3600 s"
PYTHON
  yt --exec "$question" >/dev/null
  [ "$(redis EXISTS "$(key_of "$question")")" = 1 ]
}

@test "Python reads the value, and what Python writes is an answer" {
  answer=$(csv "$question")
  key=$(key_of "$question")
  redis --raw GET "$key" >"$BATS_TEST_TMPDIR/value"
  python3 - "$BATS_TEST_TMPDIR/value" >"$BATS_TEST_TMPDIR/rows" <<'PYTHON'
import json, sys
for row in json.load(open(sys.argv[1])):
    print(f'{row["category"]},{row["views_gained"]}')
PYTHON
  [ "$(cat "$BATS_TEST_TMPDIR/rows")" = "$answer" ]
  redis SETEX "$key" 60 '[{"category": "Python", "views_gained": "7"}]'
  [ "$(csv "$question")" = Python,7 ]
  redis SETEX "$key" 60 'garbage'
  [ "$(csv "$question")" = "$answer" ]
}

@test "a key of another type and a full Redis are answered from PostgreSQL" {
  answer=$(csv "$question")
  key=$(key_of "$question")
  redis DEL "$key"; redis LPUSH "$key" x
  [ "$(csv "$question")" = "$answer" ]
  redis FLUSHALL; redis CONFIG SET maxmemory 1
  run -0 --separate-stderr yt --format csv --no-header --exec "$question" --exec "$question"
  redis CONFIG SET maxmemory 268435456
  [ "$output" = "$answer"$'\n'"$answer" ]
  [ "$(grep -c warning <<<"$stderr")" -le 1 ]
}

@test "without Redis there is one warning and every answer" {
  dsn=$(yt --format json --exec 'local status' | python3 -c 'import json, sys; print(json.load(sys.stdin)[0]["address"])')
  run -0 --separate-stderr "$YTEMPIRE" --dsn "$dsn" --redis unix:/nowhere --format csv --no-header --exec "$question" --exec "$question" </dev/null
  [ "${#lines[@]}" -eq 6 ]
  [ "$(grep -c 'warning: nothing is cached: Redis at /nowhere' <<<"$stderr")" -eq 1 ]
}

@test "a load takes away what it touched and nothing else" {
  other='views_gained for 2017-11-14..2017-11-20'
  [ "$(asked "$question")" = miss ]; [ "$(asked "$other")" = miss ]
  yt --exec "ingest trending '$trending/USvideos.csv'" >/dev/null 2>&1 || true    # nothing new
  [ "$(asked "$question")" = hit ]
  printf '%s\n' 'video_id,trending_date,title,channel_title,category_id,publish_time,tags,views,likes,dislikes,comment_count,thumbnail_link,comments_disabled,ratings_disabled,video_error_or_removed,description' \
    'aaaaaaaaaaa,18.01.06,t,brand new,10,2018-06-01T00:00:00.000Z,[none],100,1,1,1,x,False,False,False,d' >"$BATS_TEST_TMPDIR/late.csv"
  yt --exec "ingest trending '$BATS_TEST_TMPDIR/late.csv'" >/dev/null
  [ "$(asked "$question")" = hit ]; [ "$(asked "$other")" = hit ]
  sed 's/18.01.06/17.16.11/; s/aaaaaaaaaaa/bbbbbbbbbbb/' "$BATS_TEST_TMPDIR/late.csv" >"$BATS_TEST_TMPDIR/early.csv"
  yt --exec "ingest trending '$BATS_TEST_TMPDIR/early.csv'" >/dev/null
  [ "$(asked "$question")" = miss ]; [ "$(asked "$other")" = miss ]
}

@test "what 'sql' changes by hand is seen" {
  [ "$(asked "videos where video_id = 'ccccccccccc'")" = miss ]
  yt --exec "set write on; sql UPDATE analytics.dim_video SET category = category WHERE false" >/dev/null
  [ "$(asked "videos where video_id = 'ccccccccccc'")" = miss ]
}

@test "a tenant has answers of its own" {
  user=$(csv "sql SELECT email FROM users.accounts WHERE email LIKE '%@sample.ytempire.invalid' ORDER BY 1 LIMIT 1")
  [ "$(asked 'videos')" = miss ]
  [ "$(asked 'videos' --as-user "$user")" = miss ]; mine=$out
  [ "$(asked 'videos' --as-user "$user")" = hit ]; [ "$out" = "$mine" ]
  yt --format json --as-user "$user" --exec 'explain videos' | grep -q user_reports
  run -2 --separate-stderr yt --as-user "$user" --exec 'cache keys'
}

@test "a tenant's login has no look at what the cache keeps for others" {
  address=$(csv 'local status' | awk -F, '$1 == "PostgreSQL" { print $5 }')
  yt --exec 'set write on' --exec 'sql CREATE ROLE cache_tenant LOGIN IN ROLE ytempire_tenant' >/dev/null
  [ "$(asked "$question")" = miss ]
  as_tenant() { "$YTEMPIRE" --dsn "$address user=cache_tenant" --redis "unix:$socket" --exec "$1" </dev/null; }
  for command in 'cache keys' 'cache stats' "cache get $(key_of "$question")" "cache invalidate '*'"; do
    run -2 as_tenant "$command"
    [[ "$output" == *'the cache holds the answers of others too'* ]]
  done
  [ "$(asked "$question")" = hit ]
}

@test "who becomes somebody else in a session leaves no answer for those who do not" {
  yt --exec 'set write on' --exec 'sql CREATE ROLE cache_other IN ROLE ytempire_analyst' --exec 'sql GRANT cache_other TO ytempire_owner' >/dev/null
  plain=$(key_of "$question")
  run -0 --separate-stderr yt --stats --format csv --exec 'set write on' --exec 'sql SET ROLE cache_other' --exec "$question"
  [[ "$stderr" == *'"cache": "off"'* ]]
  [ "$(redis EXISTS "$plain")" = 0 ]
  [ "$(asked "$question")" = miss ]
  run -0 --separate-stderr env PGOPTIONS='-c role=cache_other' "$YTEMPIRE" --local --stats --exec "$question"
  [[ "$stderr" == *'"cache": "miss"'* ]]
  [ "$(asked "$question")" = hit ]
  [ "$(redis EXISTS "$plain")" = 1 ]
  [ "$(key_of "$question")" = "$plain" ]
}

@test "SQL that only reads or writes rows leaves the session its cache" {
  [ "$(asked "$question")" = miss ]
  run -0 --separate-stderr yt --stats --format csv --exec 'set write on' --exec 'sql SELECT count(*) FROM analytics.dim_channel' \
    --exec "sql CREATE TABLE IF NOT EXISTS staging.left_alone (a int)" --exec 'sql INSERT INTO staging.left_alone (a) VALUES (1)' \
    --exec 'sql DROP TABLE staging.left_alone' --exec "$question" --exec "$question"
  [[ "${stderr_lines[-1]}" == *'"cache": "hit"'* ]] || { echo "$stderr"; false; }
  run -0 --separate-stderr yt --stats --format csv --exec 'set write on' --exec "sql SELECT set_config('search_path', 'pg_catalog', false)" --exec "$question"
  [[ "${stderr_lines[-1]}" == *'"cache": "off"'* ]] || { echo "$stderr"; false; }
}

@test "an old answer is given where PostgreSQL is not, with exit code 4" {
  dsn=$(yt --format json --exec 'local status' | python3 -c 'import json, sys; print(json.load(sys.stdin)[0]["address"])')
  ask() { "$YTEMPIRE" --dsn "$dsn" --redis "unix:$socket" --format csv --no-header "$@" --exec "$question" </dev/null; }
  answer=$(ask)
  for key in $(redis --raw KEYS 'ytempire:meta:*'); do redis HSET "$key" fresh -1; done
  data=$(dirname "$(find "$XDG_DATA_HOME/ytempire/local/" -name postmaster.pid | head -n 1)")
  kill -INT "$(head -n 1 "$data/postmaster.pid")"
  gone() { [ ! -e "$data/postmaster.pid" ]; }
  eventually gone
  run -4 --separate-stderr ask
  [ "$output" = "$answer" ]
  [[ "$stderr" == *'this answer is '*' old'* ]]
  run -3 --separate-stderr ask --no-cache
  yt --exec 'local up' >/dev/null
}

@test "cache commands" {
  run -0 --separate-stderr csv "cache key 'SELECT 1'"
  [ "$output" = analytics:51edbd44bcf199bbe26dda26518d9a6e ]
  run -0 --separate-stderr csv 'cache key revenue {"user":"é","n":1,"a":[1,2.5,null,true]}'
  [ "$output" = analytics:7663b0b117e2bd04097f10c17fa5e2a9 ]
  run -2 --separate-stderr csv 'cache key revenue {"user":}'
  yt --exec "$question" --exec "$question" >/dev/null
  [ "$(csv 'cache stats' | cut -d, -f1-4)" = 1,1,1,50.00 ]
  [ "$(csv 'cache keys' | cut -d, -f1,2)" = "$(key_of "$question"),historical_analysis" ]
  [ "$(csv "cache get $(key_of "$question")")" = "$(csv "$question")" ]
  redis SETEX analytics:executive:a 300 '[{"count": 3}]'; redis SETEX analytics:executive:b 300 17
  [ "$(csv 'cache get executive:a')" = 3 ]
  [ "$(csv 'cache get executive:b')" = 17 ]
  run -2 --separate-stderr csv 'cache get executive:c'
  [ "$(csv 'cache invalidate --dry-run executive:' | cut -d, -f1,2,4)" = executive:,2,f ]
  [ "$(csv 'cache invalidate executive:' | cut -d, -f1,2,4)" = executive:,2,t ]
  [ "$(csv 'cache keys executive:')" = '' ]
}

@test "what is computed while its table is named to 'cache invalidate' is not kept, also where nothing depends on it yet" {
  [ "$(asked "$question")" = miss ]
  redis FLUSHALL >/dev/null
  "$YTEMPIRE" --local --exec 'set write on' --exec 'sql BEGIN' --exec 'sql LOCK TABLE analytics.dim_video IN ACCESS EXCLUSIVE MODE' \
    --exec 'sql SELECT pg_sleep(600) AS held_table' 3>&- >/dev/null 2>&1 </dev/null &
  holder=$!
  eventually is_running held_table
  "$YTEMPIRE" --local --exec "$question" 3>&- >"$BATS_TEST_TMPDIR/out" 2>&1 </dev/null &
  asker=$!
  computes() { [ -n "$(redis --raw KEYS 'ytempire:lease:*')" ]; }
  eventually computes
  [ "$(csv 'cache invalidate --table dim_video')" = dim_video,0,0,t ]
  kill -KILL "$holder"
  wait "$asker"
  [ "$(redis --raw KEYS 'analytics:*')" = '' ]
  [ "$(asked "$question")" = miss ]
  [ "$(asked "$question")" = hit ]
}

# How many answers to it the server has computed: each is noted there.
computed() { csv "sql SELECT coalesce(sum(asked), 0) FROM ops.query_log WHERE line LIKE '%snapshots%'"; }

@test "a hundred programs that ask the same cold question compute it once" {
  cold='snapshots by category for 2017-11-14..2017-11-20 top 3'
  yt --exec "$question" >/dev/null      # it is known whose database this is: who waits needs no connection
  before=$(computed)
  for i in $(seq 100); do
    "$YTEMPIRE" --local --stats --format csv --exec "$cold" 3>&- >"$BATS_TEST_TMPDIR/out.$i" 2>"$BATS_TEST_TMPDIR/stats.$i" </dev/null &
  done
  wait
  [ "$(cat "$BATS_TEST_TMPDIR"/stats.* | grep -c '"cache": "miss"')" -eq 1 ]
  [ "$(cat "$BATS_TEST_TMPDIR"/stats.* | grep -c '"cache": "hit"')" -eq 99 ]
  [ "$(sort -u "$BATS_TEST_TMPDIR"/out.* | wc -l)" -eq 4 ]
  [ "$(computed)" -eq $((before + 1)) ]
}
