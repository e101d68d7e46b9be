# activity: sessions, who waits for whom, statements, bloat, and an end to what runs; as others see it, too.
load helper

setup_file() {
  load helper
  yt --exec 'set write on' --exec 'sql CREATE ROLE activity_guest LOGIN IN ROLE ytempire_tenant' \
    --exec 'sql CREATE TABLE staging.swollen AS SELECT g AS id, repeat($$x$$, 200) AS text FROM generate_series(1, 5000) AS g' \
    --exec 'sql CREATE INDEX ON staging.swollen (id)' --exec 'sql VACUUM ANALYZE staging.swollen' \
    --exec 'sql CREATE TABLE staging.first (a int)' --exec 'sql CREATE TABLE staging.second (a int)' >/dev/null
}
teardown() { [ -z "${others-}" ] || kill $others 2>/dev/null || true; wait; }

# A session beside, under a name; what it runs last is what it is found by.
beside() { # NAME COMMAND…
  local name=$1 line=(); shift
  for command; do line+=(--exec "$command"); done
  PGAPPNAME=$name "$YTEMPIRE" --local --exec 'set write on' "${line[@]}" 3>&- >/dev/null 2>"$BATS_TEST_TMPDIR/$name" </dev/null &
  others="${others-} $!"
}
guest() { "$YTEMPIRE" --dsn "$(csv 'local status' | awk -F, '$1 == "PostgreSQL" { print $5 }') user=activity_guest" --format csv --no-header "$@" </dev/null; }
# Of the session of that name, what the column says.
of() { yt --format json --exec 'activity --all' | python3 -c 'import json, sys; print(next((str(r[sys.argv[2]]) for r in json.load(sys.stdin) if r["application"] == sys.argv[1]), ""))' "$1" "$2"; }
is() { [ "$(of "$1" "$2")" = "$3" ]; }
waits() { is "$1" wait 'Lock: relation'; }
tree() { yt --format json --exec 'activity locks' | python3 -c 'import json, sys
for r in json.load(sys.stdin): print("." * r["depth"] + r["application"], r["mode"], r["relation"], len((r["blocked_by"] or "").split(",")))'; }

@test "what runs is listed with whose it is, since when and what it waits for; what is idle is not" {
  beside sleeper 'sql SELECT pg_sleep(600)'
  eventually is sleeper wait 'Timeout: PgSleep'
  run -0 --separate-stderr csv activity
  [ "${#lines[@]}" -eq 1 ]
  [[ "$output" == *,ytempire_owner,ytempire,sleeper,active,'Timeout: PgSleep',*,*'SELECT pg_sleep(600)'* ]]
  [ "$(of sleeper kind)" = 'client backend' ]
  run -0 --separate-stderr csv 'activity --all'
  [[ "$output" == *checkpointer* ]]
  [[ "$output" == *,this,local,* ]]
}

@test "who blocks whom is a tree: chains, and several that wait for one" {
  beside holder 'sql BEGIN' 'sql LOCK TABLE staging.first' 'sql SELECT pg_sleep(600)'
  eventually is holder wait 'Timeout: PgSleep'
  beside middle 'sql BEGIN' 'sql LOCK TABLE staging.second' 'sql LOCK TABLE staging.first'
  eventually waits middle
  beside last 'sql SELECT * FROM staging.second'
  eventually waits last
  beside reader 'sql SELECT * FROM staging.first'
  eventually waits reader
  [ "$(tree)" = 'holder None None 1
.middle AccessExclusiveLock staging.first 1
..last AccessShareLock staging.second 1
.reader AccessShareLock staging.first 2' ]
  yt --format json --exec 'activity locks' | grep -q '"holds":"AccessExclusiveLock on staging.first"'
  is middle blocked_by "$(of holder pid)"
  run -0 yt --exec 'activity locks'
  [[ "$output" == *"    $(of last pid) "* ]]
}

@test "of a row that is waited for the table is told" {
  yt --exec 'set write on' --exec 'sql INSERT INTO staging.first VALUES (1)' >/dev/null
  beside writer 'sql BEGIN' 'sql UPDATE staging.first SET a = 2' 'sql SELECT pg_sleep(600)'
  eventually is writer wait 'Timeout: PgSleep'
  beside second 'sql UPDATE staging.first SET a = 3'
  eventually is second wait 'Lock: transactionid'
  beside third 'sql UPDATE staging.first SET a = 4'
  eventually is third wait 'Lock: tuple'
  [ "$(tree)" = 'writer None None 1
.second ShareLock staging.first 1
..third ExclusiveLock staging.first 1' ]
}

@test "nobody waits: no row" {
  [ "$(csv 'activity locks')" = '' ]
}

@test "a statement is cancelled when it was asked for, and the server's word is told" {
  beside victim 'sql SELECT pg_sleep(600)'
  eventually is victim state active
  pid=$(of victim pid)
  run -2 yt --exec "activity cancel $pid"
  [[ "$output" == *"Cancel the statement: $pid of ytempire_owner, active since "*": SELECT pg_sleep(600)"* ]]
  is victim state active
  run -0 --separate-stderr csv "activity cancel --yes $pid"
  [[ "$output" == "$pid,ytempire_owner,victim,"*",cancelled,"[0-9]* ]]
  eventually grep -q 'canceling statement due to user request' "$BATS_TEST_TMPDIR/victim"
  run -2 csv "activity cancel --yes $pid 99999999"
  [[ "$output" == *"the server has no session"* ]]
}

@test "a session is ended, one that runs nothing cannot be cancelled" {
  mkfifo "$BATS_TEST_TMPDIR/in"
  PGAPPNAME=idler psql -Xq "$(csv 'local status' | awk -F, '$1 == "PostgreSQL" { print $5 }')" <"$BATS_TEST_TMPDIR/in" 3>&- >/dev/null 2>&1 & others=$!
  exec 5>"$BATS_TEST_TMPDIR/in"
  echo 'SELECT 1;' >&5
  eventually is idler state idle
  pid=$(of idler pid)
  run -1 --separate-stderr csv "activity cancel --yes $pid"
  [[ "$output" == *'it runs no statement'* ]]
  [[ "$stderr" == *"'activity terminate'"* ]]
  beside victim 'sql SELECT pg_sleep(600)'
  eventually is victim state active
  run -4 --separate-stderr csv "activity cancel --yes $pid $(of victim pid)"
  [[ "$output" == *,cancelled,* ]]
  run -0 --separate-stderr csv "activity terminate --yes $pid"
  [[ "$output" == "$pid,ytempire_owner,idler,"*",terminated,"* ]]
  [ -z "$(of idler pid)" ]
  exec 5>&-
}

@test "a word that is no process, and this very session, are refused" {
  run -2 yt --exec 'activity cancel --yes 1x'
  [[ "$output" == *"'1x' is no process"* ]]
  run -2 yt --exec 'set write on' --exec 'activity cancel'
  [[ "$output" == *"needs PID"* ]]
  run -2 yt --as-user nobody@example.com --exec activity
  [[ "$output" == *'not with --as-user'* ]]
}

@test "a tenant's login sees what is its own, is told how much it does not see, and stops nothing of others" {
  beside sleeper 'sql SELECT pg_sleep(600)'
  eventually is sleeper state active
  run -0 --separate-stderr guest --exec activity
  [ "$output" = '' ]
  [[ "$stderr" == *"not shown: this login may not see"* ]]
  run -0 --separate-stderr guest --exec 'activity locks'
  run -0 --separate-stderr guest --exec 'activity bloat'
  [[ "$output" != *swollen* ]]
  [[ "$stderr" == *'tables are not shown'* ]]
  run -0 --separate-stderr guest --exec 'activity statements'
  [[ "$output" != *pg_sleep* ]]
  run -1 --separate-stderr guest --exec "activity cancel --yes $(of sleeper pid)"
  [[ "$output" == *'refused: '* ]]
  [[ "$stderr" == *pg_signal_backend* ]]
  is sleeper state active
}

@test "statements by what they take, and what to do where they are not counted" {
  for name in a b c; do yt --exec "sql SELECT relname FROM pg_class WHERE relname = '$name'" >/dev/null; done
  yt --format json --exec 'activity statements --by calls --top 5000' |
    python3 -c 'import json, sys; rows = json.load(sys.stdin); calls = [r["calls"] for r in rows]; assert calls == sorted(calls, reverse=True); assert next(r["calls"] for r in rows if r["query"] == "SELECT relname FROM pg_class WHERE relname = $1") >= 3'
  for by in total mean rows io; do [ "$(csv "activity statements --by $by --top 3" | wc -l)" -eq 3 ]; done
  run -2 yt --exec 'activity statements --by size'
  [[ "$output" == *'one of: total, mean, calls, rows, io'* ]]
  yt --exec 'set write on' --exec 'sql CREATE DATABASE uncounted' >/dev/null
  run -1 "$YTEMPIRE" --dsn "$(csv 'local status' | awk -F, '$1 == "PostgreSQL" { print $5 }') dbname=uncounted" --exec 'activity statements' </dev/null
  [[ "$output" == *'pg_stat_statements is not in this database'* ]]
  [[ "$output" == *'shared_preload_libraries'* ]]
}

@test "bloat is estimated without reading a table, also of one that somebody holds" {
  of_swollen() { yt --format json --exec 'activity bloat --top 100000' | python3 -c 'import json, sys
for r in json.load(sys.stdin):
    if r["relation"] == "staging.swollen" or r["of_table"] == "staging.swollen": print(r["kind"], float(r["bloat_percent"]) > 40, r["dead_rows"], r["last_vacuum"] is not None)'; }
  [ "$(of_swollen)" = $'table False 0 True\nindex False None False' ]
  yt --exec 'set write on' --exec 'sql DELETE FROM staging.swollen WHERE id % 5 <> 0' >/dev/null
  yt --exec 'set write on' --exec 'sql VACUUM ANALYZE staging.swollen' >/dev/null
  beside holder 'sql BEGIN' 'sql LOCK TABLE staging.swollen' 'sql SELECT pg_sleep(600)'
  eventually is holder wait 'Timeout: PgSleep'
  [ "$(of_swollen | sort)" = $'index True None False\ntable True 0 True' ]
  run -0 yt --exec 'activity bloat --top 1'
  [[ "$output" == *'note: bloat is an estimate'* ]]
}

@test "a look leaves an open transaction as it is, and is not one with it" {
  run -0 --separate-stderr yt --format csv --no-header --exec 'set write on' --exec 'sql BEGIN' --exec 'sql CREATE TABLE staging.open (a int)' \
    --exec 'activity locks' --exec 'activity bloat --top 1' --exec 'sql SELECT count(*) FROM staging.open' --exec 'sql ROLLBACK'
  [ "$(csv "sql SELECT to_regclass('staging.open') IS NULL")" = t ]
}
