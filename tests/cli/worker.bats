# The worker: a process of its own on the private servers, and what it tells the world.
load helper

setup() { worker= own= others=(); }
teardown() {
  local pid
  # told to end, not killed, so that a sanitizer may have its say
  if [ -n "$worker" ]; then
    kill -TERM "$worker" && kill -TERM "$worker" || true
    eventually is_gone "$worker" || kill -KILL "$worker"
  fi
  for pid in "${others[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
  [ -z "$own" ] || { yt --yes --exec 'local reset' >/dev/null 2>&1; rm -rf "$own"; }
}

is_gone() { [ ! -e "/proc/$1/exe" ]; }

own_servers() {
  own=$(mktemp -d /tmp/ytempire-test.XXXXXX)
  chmod 755 "$own"
  mkdir -m 755 "$own/data"
  export XDG_DATA_HOME=$own/data
}

# Starts a worker, and waits until it has its pages and takes jobs: $worker, $url, $log.
start_worker() {
  log=$BATS_TEST_TMPDIR/worker.log
  "$YTEMPIRE" --local --worker --http-port 0 --log-file "$log" --pid-file "$BATS_TEST_TMPDIR/pid" "$@" 3>&- \
    >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" </dev/null &
  worker=$!
  eventually [ -s "$BATS_TEST_TMPDIR/pid" ]
  url=$(sed -n 3p "$BATS_TEST_TMPDIR/pid")
  eventually grep -q '"event":"connected"' "$log"
}

# Waits for it, and leaves its exit code in $ended.
end_of_worker() { ended=0; wait "$worker" || ended=$?; worker=; }

# Puts a job of a kind with a command and prints its id.
put() { csv "set write on; sql SELECT job FROM ops.put_job('$1', NULL, '${2//\'/\'\'}', NULL, 0, 0, 3, 600, NULL, NULL)"; }
state_of() { csv "sql SELECT state FROM ops.jobs WHERE id = $1"; }
has_state() { [ "$(state_of "$1")" = "$2" ]; }
status_of() { curl -s -o "$BATS_TEST_TMPDIR/page" -w '%{http_code}' "$1"; }
has_status() { [ "$(status_of "$1")" = "$2" ]; }
events() { python3 "$BATS_TEST_DIRNAME/worker.py" json "$log"; }

# A session that holds an advisory lock until it is killed: $holder.
hold() {
  "$YTEMPIRE" --local --quiet --exec "sql SELECT pg_advisory_lock($1), pg_sleep(600) AS held_$1" >/dev/null 3>&- 2>&1 </dev/null &
  holder=$!
  others+=("$holder")
  eventually is_running "held_$1"
}

@test "a job is run, what it says is in its log, and the worker's log is JSON without secrets" {
  start_worker
  job=$(put lint 'lint')
  wrong=$(put ingest 'ingest nothing /nowhere?password=hunter2')
  eventually has_state "$job" completed
  eventually has_state "$wrong" discarded
  [ "$(csv "sql SELECT count(*) > 0 FROM ops.job_log WHERE job_id = $job AND message LIKE '%severity: note%'")" = t ]
  [ "$(csv "sql SELECT count(*) FROM ops.job_attempts WHERE job_id IN ($job, $wrong)")" = 2 ]
  kill -TERM "$worker"
  end_of_worker
  [ "$ended" -eq 0 ]
  [ ! -s "$BATS_TEST_TMPDIR/err" ]
  [ ! -e "$BATS_TEST_TMPDIR/pid" ]
  events >"$BATS_TEST_TMPDIR/events"
  grep -q "^job_started $job lint" "$BATS_TEST_TMPDIR/events"
  grep -q "^job_completed $job" "$BATS_TEST_TMPDIR/events"
  grep -q "^job_discarded $wrong unknown source 'nothing'" "$BATS_TEST_TMPDIR/events"
  [ "$(tail -n 1 "$BATS_TEST_TMPDIR/events")" = 'ended - drained' ]
  run -1 grep hunter2 "$log"
}

@test "a load that was detached is done by the worker, and so is the job of a schedule" {
  need_files
  start_worker
  cp "$trending/INvideos.csv" "$BATS_TEST_TMPDIR/detached.csv"
  job=$(csv "ingest --detach trending $BATS_TEST_TMPDIR/detached.csv" | cut -d, -f1)
  eventually has_state "$job" completed
  # the hours that a load recounts at its end are not measured by the bytes it has read
  [ "$(csv "sql SELECT rows_read, rows_rejected, (progress_total IS NOT NULL) = (progress_unit = 'bytes') FROM ops.jobs WHERE id = $job")" = 966,13,t ]
  csv "schedule add worker_test '0 0 1 1 *' lint" >/dev/null
  csv "schedule run worker_test" >/dev/null
  eventually is_done lint
  csv "schedule remove worker_test" >/dev/null
  kill -TERM "$worker"
  end_of_worker
  [ "$ended" -eq 0 ]
  events | grep -q "^job_completed $job"
}
is_done() { [ "$(csv "sql SELECT count(*) FROM ops.jobs WHERE schedule = 'worker_test' AND state = 'completed'")" = 1 ]; }

@test "what asks is told no, and what one job sets or leaves open is no other's" {
  start_worker --slots 1
  asking=$(put 'migrate down' 'migrate down')
  eventually has_state "$asking" discarded
  [ "$(csv "sql SELECT count(*) > 0 FROM ops.job_log WHERE job_id = $asking AND message LIKE '%(no: nobody is there to say yes)'")" = t ]
  put set 'set write on' >/dev/null
  refused=$(put sql 'sql CREATE TABLE public.of_a_job ()')
  eventually has_state "$refused" discarded
  [ "$(csv "sql SELECT to_regclass('public.of_a_job') IS NULL")" = t ]
}

@test "/metrics holds to the format, and its counters agree with the queue" {
  start_worker
  put sql 'sql SELECT 1' >/dev/null
  last=$(put sql 'sql SELECT 2')
  wrong=$(put ingest 'ingest nothing')
  eventually has_state "$last" completed
  eventually has_state "$wrong" discarded
  [ "$(status_of "$url/metrics")" = 200 ]
  python3 "$BATS_TEST_DIRNAME/worker.py" metrics "$BATS_TEST_TMPDIR/page" >"$BATS_TEST_TMPDIR/samples"
  grep -qx 'ytempire_worker_slots 4' "$BATS_TEST_TMPDIR/samples"
  grep -qx 'ytempire_worker_connected 1' "$BATS_TEST_TMPDIR/samples"
  grep -q '^process_cpu_seconds_total 0\.[0-9]*[1-9]' "$BATS_TEST_TMPDIR/samples"
  grep -q '^ytempire_queue_jobs{state="available"} ' "$BATS_TEST_TMPDIR/samples"
  mine="worker = (SELECT worker FROM ops.workers WHERE pid = $worker ORDER BY started_at DESC LIMIT 1)"
  for outcome in completed discarded; do
    counted=$(csv "sql SELECT count(*) FROM ops.jobs WHERE $mine AND state = '$outcome'")
    eventually metric_is "ytempire_jobs_${outcome}_total" "$counted"
  done
  eventually metric_is 'ytempire_job_duration_seconds_count{kind="ingest"}' 1
}

@test "no counter goes down in the last pages of a worker that ends" {
  start_worker
  eventually has_state "$(put sql 'sql SELECT 1')" completed
  python3 "$BATS_TEST_DIRNAME/worker.py" ends "$worker" "$url"
  end_of_worker
  [ "$ended" = 0 ]
}

metric_is() {
  [ "$(status_of "$url/metrics")" = 200 ] &&
    python3 "$BATS_TEST_DIRNAME/worker.py" metrics "$BATS_TEST_TMPDIR/page" | grep -Fqx "$1 $2"
}

@test "only GET and HEAD of two pages are answered" {
  start_worker
  [ "$(curl -sI "$url/healthz" | head -c 12)" = 'HTTP/1.1 200' ]
  [ "$(status_of "$url/other")" = 404 ]
  [ "$(curl -s -o /dev/null -w '%{http_code}' -X POST -d x=1 "$url/metrics")" = 405 ]
  has_status "$url/healthz" 200
  [[ "$(cat "$BATS_TEST_TMPDIR/page")" == '{"status": "ok", "why": null, "database_connected": true, "heartbeat_age_seconds": '* ]]
  # of that address alone
  run -7 curl -s --max-time 20 "http://127.0.0.2:${url##*:}/healthz"
}

@test "SIGTERM lets what is in hand end, and says so meanwhile" {
  start_worker --grace 600
  hold 4711
  job=$(put sql 'sql SELECT pg_advisory_lock(4711)')
  eventually has_state "$job" running
  kill -TERM "$worker"
  eventually has_status "$url/healthz" 503
  grep -q '"why": "draining: nothing more is claimed"' "$BATS_TEST_TMPDIR/page"
  late=$(put sql 'sql SELECT 1')
  kill -KILL "$holder"
  end_of_worker
  [ "$ended" -eq 0 ]
  [ "$(state_of "$job")" = completed ]
  [ "$(state_of "$late")" = available ]
  csv "set write on; sql UPDATE ops.jobs SET state = 'cancelled', finished_at = now() WHERE id = $late" >/dev/null
}

@test "SIGTERM with nothing in hand waits for no server that does not answer" {
  start_worker --grace 600
  server=$(head -n 1 "$(find "$XDG_DATA_HOME/ytempire/local/" -name postmaster.pid | head -n 1)")
  mapfile -t stopped < <(ps -o pid= --ppid "$server")
  kill -STOP "$server" "${stopped[@]}"
  kill -TERM "$worker"
  ended=0; eventually is_gone "$worker" || ended=$?
  kill -CONT "$server" "${stopped[@]}"
  [ "$ended" -eq 0 ]
  end_of_worker
  [ "$ended" -eq 0 ]
}

@test "a second SIGTERM gives back what is in hand, its attempt not counted" {
  start_worker --grace 600
  hold 4712
  job=$(put sql 'sql SELECT pg_advisory_lock(4712)')
  eventually has_state "$job" running
  kill -TERM "$worker"
  eventually grep -q '"event":"draining"' "$log"
  kill -TERM "$worker"
  end_of_worker
  [ "$ended" -eq 0 ]
  [ "$(csv "sql SELECT state, outcome FROM ops.jobs JOIN ops.job_attempts ON job_id = id WHERE id = $job")" = available,returned ]
  events | grep -q "^job_returned $job"
  csv "set write on; sql UPDATE ops.jobs SET state = 'cancelled', finished_at = now() WHERE id = $job" >/dev/null
}

@test "a worker that was killed is lost in the list, however young its heartbeat is" {
  start_worker
  [ "$(csv "sql SELECT count(*) FROM ops.workers WHERE pid = $worker")" = 1 ]
  mine() { csv 'workers' | grep -- ":$worker:" | cut -d, -f2; }
  [ "$(mine)" = working ]
  kill -KILL "$worker"
  worker_is() { [ "$(mine)" = "$1" ]; }
  csv "set write on; sql UPDATE ops.workers SET heartbeat_at = now() + interval '1 hour' WHERE pid = $worker" >/dev/null
  eventually worker_is lost
  csv "set write on; sql DELETE FROM ops.workers WHERE pid = $worker" >/dev/null
  worker=
}

leader() { csv "sql SELECT pid FROM ops.workers WHERE leader"; }
leads() { [ "$(leader)" = "$1" ]; }
has_run() { [ -n "$(csv "sql SELECT last_job FROM ops.schedules WHERE name = '$1'")" ]; }

@test "where the leader is stopped another keeps the schedules, and who comes back leads no more" {
  start_worker
  first=$worker
  eventually leads "$first"
  "$YTEMPIRE" --local --worker --http-port off --log-file "$BATS_TEST_TMPDIR/second.log" --pid-file "$BATS_TEST_TMPDIR/second.pid" \
    >/dev/null 3>&- 2>&1 </dev/null &
  second=$!
  others+=("$second")
  eventually grep -q '"event":"connected"' "$BATS_TEST_TMPDIR/second.log"
  leads "$first"
  kill -STOP "$first"
  yt --quiet --exec "schedule add again '* * * * *' sql SELECT 1" >/dev/null
  # as if its lease were over; nobody beats for it
  csv "set write on; sql UPDATE ops.workers SET heartbeat_at = now() - interval '1 hour' WHERE pid = $first" >/dev/null
  eventually leads "$second"
  csv "set write on; sql UPDATE ops.schedules SET next_run = now() - interval '1 second' WHERE name = 'again'" >/dev/null
  eventually has_run again
  kill -CONT "$first"
  back() { [ "$(grep -c '"event":"connected"' "$log")" -ge 2 ]; }
  eventually back
  leads "$second"
  [ "$(csv "sql SELECT count(*) FROM ops.jobs WHERE schedule = 'again' AND scheduled_for IS NOT NULL")" -ge 1 ]
  yt --quiet --exec 'schedule remove again' >/dev/null
}

@test "its log is set aside by size, and opened anew on SIGHUP" {
  start_worker --log-size 1 --log-keep 3
  for i in 1 2 3 4 5 6 7 8; do last=$(put sql "sql SELECT $i"); done
  eventually has_state "$last" completed
  [ -e "$log.1" ]
  [ ! -e "$log.4" ]
  mv "$log" "$log.moved"
  kill -HUP "$worker"
  eventually grep -q '"event":"log_opened"' "$log"
  python3 "$BATS_TEST_DIRNAME/worker.py" json "$log" "$log".[123] "$log.moved" >/dev/null
}

@test "a log that may not grow costs lines, not the worker, and they are counted when it may" {
  command -v prlimit >/dev/null || skip "no prlimit"
  ulimit -Sf 4
  start_worker
  ulimit -Sf unlimited
  is_full() { last=$(put sql 'sql SELECT 1') && eventually has_state "$last" completed && [ "$(stat -c %s "$log")" = 4096 ]; }
  eventually is_full
  job=$(put sql 'sql SELECT 1')
  eventually has_state "$job" completed
  run -1 grep "\"job\":$job," "$log"
  prlimit --pid "$worker" --fsize=unlimited
  job=$(put sql 'sql SELECT 1')
  eventually grep -q "\"job\":$job,.*\"job_completed\"\|\"job_completed\".*\"job\":$job," "$log"
  grep -q '"event":"log_lost","message":"[0-9]* lines could not be written: File too large"' "$log"
  python3 - "$log" <<'PYTHON'
import json, sys
at = 0
for line in open(sys.argv[1], "rb"):
    if not at <= 4096 <= at + len(line):          # the line that met the limit may end there by chance, or not
        json.loads(line)
    at += len(line)
PYTHON
}

@test "a job goes on where PostgreSQL is restarted between its steps" {
  [ "${YTEMPIRE_TEST_STORAGE-}" != timescaledb ] || skip "the steps that it is restarted between make native partitions"
  own_servers
  yt --quiet --exec 'local up' >/dev/null
  yt --quiet --exec 'sample load --channels 2 --days 3 --seed 1' >/dev/null
  start_worker
  "$YTEMPIRE" --local --quiet --exec 'set write on' --exec 'sql BEGIN' --exec 'sql LOCK analytics.fact_video_performance IN ACCESS SHARE MODE' \
    --exec 'sql SELECT pg_sleep(600) AS held_share' >/dev/null 3>&- 2>&1 </dev/null &
  others+=("$!")
  eventually is_running held_share
  yt --quiet --exec 'set write on' --exec "sql DO \$\$ DECLARE part regclass; BEGIN FOR part IN SELECT partition FROM ops.partitioned AS p, ops.partitions_of(p.relation)
    WHERE from_bound > now() AND p.relation <> 'analytics.fact_video_performance' LOOP EXECUTE format('DROP TABLE %s', part); END LOOP; END \$\$" >/dev/null
  yt --quiet --exec 'set write on' --exec "sql INSERT INTO analytics.fact_video_performance (video_key, channel_key, user_key, date_key, timestamp)
    SELECT video_key, channel_key, user_key, 20190505, '2019-05-05' FROM analytics.fact_video_performance LIMIT 1" >/dev/null
  job=$(put 'storage maintain' 'storage maintain')
  # the first step has made what it could, and waits for the reader
  eventually is_running keep_next_partition
  [ "$(csv "sql SELECT count(*) > 0 FROM ops.partitions_of('analytics.fact_costs') WHERE from_bound > now()")" = t ]
  kill -INT "$(csv 'local status' | awk -F, '$1 == "PostgreSQL" { print $4 }')"
  eventually grep -q '"event":"disconnected"' "$log"
  yt --quiet --exec 'local up' >/dev/null
  eventually has_state "$job" completed
  [ "$(csv "sql SELECT string_agg(outcome, ' ' ORDER BY attempt) FROM ops.job_attempts WHERE job_id = $job")" != completed ]
  [ "$(csv "sql SELECT count(*) FROM parts.fact_video_performance_default")" = 0 ]
}

@test "/healthz is 503 while PostgreSQL is away, and 200 again when it is back; nobody starts it meanwhile" {
  own_servers
  yt --quiet --exec 'local up' >/dev/null
  start_worker
  has_status "$url/healthz" 200
  kill -INT "$(csv 'local status' | awk -F, '$1 == "PostgreSQL" { print $4 }')"
  eventually has_status "$url/healthz" 503
  grep -q '"why": "no connection to the database"' "$BATS_TEST_TMPDIR/page"
  has_status "$url/metrics" 200
  python3 "$BATS_TEST_DIRNAME/worker.py" metrics "$BATS_TEST_TMPDIR/page" | grep -qx 'ytempire_worker_connected 0'
  eventually grep -q '"event":"disconnected"' "$log"
  [[ "$(csv 'local status')" == PostgreSQL,down,* ]]
  yt --quiet --exec 'local up' >/dev/null
  eventually has_status "$url/healthz" 200
  job=$(put sql 'sql SELECT 1')
  eventually has_state "$job" completed
}

@test "systemd hears that it is ready, how it does, that it lives, and that it ends" {
  for socket in "$BATS_TEST_TMPDIR/notify" "@ytempire-test-$$-$RANDOM"; do
    heard=$BATS_TEST_TMPDIR/heard
    rm -f "$heard" "$BATS_TEST_TMPDIR/worker.log"
    python3 "$BATS_TEST_DIRNAME/worker.py" notify "$socket" "$heard" 3>&- &
    others+=($!)
    eventually grep -q listening "$heard"
    NOTIFY_SOCKET=$socket WATCHDOG_USEC=500000 start_worker
    eventually grep -qx READY=1 "$heard"
    eventually grep -qx WATCHDOG=1 "$heard"
    eventually grep -q '^STATUS=working; 0 of 4 slots busy' "$heard"
    kill -HUP "$worker"
    eventually grep -Eqx 'RELOADING=1 MONOTONIC_USEC=[0-9]+' "$heard"
    kill -TERM "$worker"
    end_of_worker
    [ "$ended" -eq 0 ]
    eventually grep -qx STOPPING=1 "$heard"
    kill "${others[-1]}"
  done
}

@test "what cannot be is refused with its exit code" {
  start_worker
  run -1 --separate-stderr yt --worker --http-port "${url##*:}" --log-file "$BATS_TEST_TMPDIR/second.log"
  [[ "$stderr" == "error: port ${url##*:} of 127.0.0.1 is taken: another worker, or another program"$'\n'"hint: --http-port takes another, '0' any that is free, 'off' none" ]]
  run -1 --separate-stderr yt --worker --http-port off --pid-file "$BATS_TEST_TMPDIR/pid" --log-file "$BATS_TEST_TMPDIR/second.log"
  [ "$stderr" = "error: worker $worker has $BATS_TEST_TMPDIR/pid" ]
  run -2 --separate-stderr yt --worker --exec 'lint'
  [ "$stderr" = 'error: --worker takes its commands from the queue, not from --exec or --file' ]
  run -2 yt --worker --slots 0
  run -2 yt --worker --http-port many
  run -1 yt --worker --log-file /nowhere/at/all
}

@test "a database that is not there is waited for, then it ends with 3; its last words are JSON, too" {
  run -3 --separate-stderr "$YTEMPIRE" --dsn postgresql://127.0.0.1:1/none --worker --wait 1 --http-port off
  printf '%s\n' "$stderr" >"$BATS_TEST_TMPDIR/worker.log"
  log=$BATS_TEST_TMPDIR/worker.log
  events >"$BATS_TEST_TMPDIR/events"
  grep -q '^waiting - ' "$BATS_TEST_TMPDIR/events"
  [[ "$(tail -n 1 "$BATS_TEST_TMPDIR/events")" == 'failed - '* ]]
}

@test "a database that goes away while a worker starts is waited for, too" {
  yt --quiet --yes --exec 'migrate up' >/dev/null
  cut_at queue_limits
  others+=("$cutter")
  log=$BATS_TEST_TMPDIR/worker.log
  "$YTEMPIRE" --dsn "$cut" --worker --http-port off --log-file "$log" 3>&- </dev/null &
  worker=$!
  eventually grep -q '"event":"connected"' "$log"
  grep -q '"event":"waiting"' "$log"
}

@test "a database without a queue says what to run" {
  csv 'set write on; sql CREATE DATABASE without_queue' >/dev/null
  dsn="$(csv 'local status' | awk -F, '$1 == "PostgreSQL" { print $5 }') dbname=without_queue"
  run -1 --separate-stderr "$YTEMPIRE" --dsn "$dsn" --worker --http-port off --log-file "$BATS_TEST_TMPDIR/log"
  [ "$stderr" = "error: the database has no queue yet"$'\n'"hint: 'migrate up' makes it" ]
  csv 'set write on; sql DROP DATABASE without_queue' >/dev/null
}

worker_row() { csv 'local status' | grep '^worker,'; }

@test "local up starts one worker beside the servers, local down ends it" {
  own_servers
  run -0 --separate-stderr yt --local-worker on --format csv --no-header --exec 'local up'
  [[ "${lines[2]}" == worker,up,*,http://127.0.0.1:*,*/worker.log, ]]
  [[ "$stderr" == *'worker started'* ]]
  row=$(worker_row)
  pid=$(cut -d, -f4 <<<"$row")
  job=$(put sql 'sql SELECT 1')
  eventually has_state "$job" completed
  run -0 --separate-stderr yt --local-worker on --format csv --no-header --exec 'local up'      # it stays the one
  [ "$(worker_row)" = "$row" ]
  run -0 --separate-stderr yt --format csv --no-header --exec 'local down'
  [[ "${lines[0]}" == PostgreSQL,down,* && "${lines[2]}" == worker,down,* && "$stderr" == *'worker stopped'* ]]
  is_gone "$pid"
}

@test "a question that starts the private servers starts a worker beside them, a worker no other one" {
  own_servers
  yt --local-worker on --exec 'sql SELECT 1' >/dev/null
  [[ "$(worker_row)" == worker,up,* ]]
  job=$(put sql 'sql SELECT 1')
  eventually has_state "$job" completed
  yt --quiet --exec 'local down' >/dev/null
  [[ "$(worker_row)" == worker,down,* ]]
  start_worker --local-worker on
  [[ "$(worker_row)" == worker,down,* ]]
}
