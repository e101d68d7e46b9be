# Jobs, the queue and schedules, as people and scripts meet them. No worker runs here.
load helper

setup() {
  cd "$BATS_TEST_TMPDIR"
  printf '%s\n' video_id,trending_date,title,channel_title,category_id,publish_time,tags,views,likes,dislikes,comment_count,thumbnail_link,comments_disabled,ratings_disabled,video_error_or_removed,description \
    'job00000001,31.01.01,t,Jobs channel,10,2031-01-01T00:00:00.000Z,a,1,1,1,1,,False,False,False,text' >"a file.csv"
}

@test "a load that is not waited for is a job, once" {
  run -0 --separate-stderr yt --format csv --exec "ingest --detach trending 'a file.csv'"
  [ "${lines[0]}" = job,source,new ]
  [[ "${lines[1]}" == *,trending,t ]]
  id=${lines[1]%%,*}
  run -0 --separate-stderr yt --format csv --no-header --exec "ingest --detach trending 'a file.csv'"
  [ "$output" = "$id,trending,f" ]
  run -0 --separate-stderr yt --format csv --no-header --exec 'jobs available'
  [[ "$output" == "$id,trending,available,"* ]]
  run -0 --separate-stderr yt --exec "job show $id"
  [[ "$output" == *"'$BATS_TEST_TMPDIR/a file.csv'"* ]]
  run -0 --separate-stderr yt --format csv --no-header --exec "job why $id"
  [[ "$output" == *'no worker is alive'* ]]
  run -0 --separate-stderr yt --format csv --exec "job cancel $id"
  [ "${lines[0]}" = id,state,asked_at,heard_ms,stopped_ms,how ]
  [[ "${lines[1]}" == "$id,cancelled,"*',it did not run' ]]
  run -1 yt --exec "job cancel $id"
  [[ "$output" == *'has ended already: it is cancelled'* ]]
  run -0 --separate-stderr yt --format csv --no-header --exec "job retry $id" --exec "job cancel $id" --exec "job log $id --follow"
  [[ "${lines[0]}" == "$id,available,"* ]]
  run -2 yt --exec 'job why 999999'
  run -2 yt --exec 'ingest --detach trending nowhere.csv'
  run -2 yt --exec 'ingest --detach trending -'
}

@test "many jobs are cancelled and retried by their ids, or by a filter" {
  y() { yt --quiet --format csv --no-header "$@"; }
  for n in 1 2 3; do
    sed "s/job00000001/job0000000$n/" 'a file.csv' >"$n.csv"
    run -0 y --exec "ingest --detach trending $n.csv"
    ids+=("${output%%,*}")
  done
  run -0 y --exec "job cancel ${ids[0]} ${ids[1]}"
  [ "${#lines[@]}" = 2 ]
  run -4 y --exec "job cancel ${ids[*]}"
  [[ "$output" == *"${ids[2]},cancelled,"*"job ${ids[0]} has ended already: it is cancelled; job ${ids[1]} has ended"* ]]
  run -0 y --format json --exec "job retry ${ids[*]}"
  [ "$(grep -o '"id":[0-9]' <<<"$output" | wc -l)" = 3 ]
  run -0 y --exec 'job cancel --state available --source trending --kind ingest'
  [ "${#lines[@]}" = 3 ]
  run -0 y --exec 'job cancel --source trending'
  [ -z "$output" ]
  run -2 y --exec 'job cancel'
  [[ "$output" == *"needs an ID or a filter"* ]]
  run -2 y --exec "job cancel --state running ${ids[0]}"
  run -2 y --exec 'job cancel --state availble'
  [[ "$output" == *"did you mean 'available'"* ]]
  run -2 y --exec 'job cancel --source trendng'
  run -2 y --exec 'job cancel --kind ingets'
  [[ "$output" == *"did you mean 'ingest'"* ]]
  run -2 y --exec "job cancel ${ids[0]} one"
  [[ "$output" == *"'one' is no job"*^^^* ]]
  run -2 y --exec 'job cancel ts:99999'
  [[ "$output" == *"TimescaleDB's own"* ]]
}

@test "a pause says who, since when and why" {
  run -0 --separate-stderr yt --format csv --exec "queue pause trending --why 'a new key'"
  [ "${lines[0]}" = source,paused_at,paused_by,why ]
  id=$(csv "ingest --detach trending 'a file.csv'"); id=${id%%,*}
  run -0 --separate-stderr yt --format csv --no-header --exec "job why $id"
  [[ "$output" == *"source 'trending' is paused by "*'(a new key)'* ]]
  run -0 --separate-stderr yt --format csv --exec 'queue'
  [ "${lines[0]}" = source,waiting,later,running,limit,paused_at,paused_by,why,keep_days ]
  [[ "${lines[2]}" == trending,1,0,0,1,*'a new key'* ]]
  run -0 yt --exec 'queue resume trending' --exec "job cancel $id" --exec 'queue limit trending 2'
  [ "$(csv 'sql SELECT running FROM ops.queue_limits')" = 2 ]
  run -0 yt --exec 'queue limit trending 1' --exec 'queue keep off' --exec 'queue keep 30'
  run -2 yt --exec 'queue keep soon'
  run -2 yt --exec 'queue pause trendng'
  [[ "$output" == *"unknown source 'trendng'"* ]]
  run -2 yt --exec "queue pause ''"
  run -2 yt --exec 'queue resume trendng'
  [[ "$output" == *"unknown source 'trendng'"* ]]
  csv "set write on; sql INSERT INTO ops.queue_pauses (source, paused_by) VALUES ('former', 'me')" >/dev/null
  run -0 yt --exec 'queue resume former'
  run -2 yt --exec 'queue resume former'
  run -2 yt --exec 'queue limit trendng 2'
  run -0 --separate-stderr yt --format csv --exec 'workers'
  [[ "${lines[0]}" == worker,state,slots,busy,heartbeat_age_seconds,started_at,version,leader ]]
}

@test "schedules are made, shown, paused, run and taken away" {
  run -0 --separate-stderr yt --format csv --exec "schedule add --tz America/Los_Angeles --missed all cli '30 2 * * *' ingest trending 'a file.csv'"
  [[ "${lines[0]}" == name,cron,command,enabled,last_run,next_run* ]]
  run -0 --separate-stderr yt --format csv --exec 'schedules'
  [[ "${lines[0]}" == name,cron,command,enabled,last_run,next_run* ]]
  [[ "$output" == *"cli,30 2 * * *,ingest trending '$BATS_TEST_TMPDIR/a file.csv',t,"* ]]
  run -0 --separate-stderr yt --format csv --no-header --exec 'schedule next cli'
  [ "${#lines[@]}" = 5 ]
  run -0 --separate-stderr yt --format csv --no-header --exec 'schedule pause cli' --exec 'schedule resume cli' --exec 'schedule run cli'
  [[ "${lines[2]}" == cli,*,t ]]
  [ "$(csv "sql SELECT source FROM ops.jobs WHERE schedule = 'cli' AND state = 'available'")" = trending ]
  run -2 yt --exec "schedule add x '61 * * * *' jobs"
  [[ "$output" == *'this is no value: minute from 0 to 59'*'^^'* ]]
  run -2 yt --exec "schedule add x '@daily' migrate foo"
  run -2 yt --exec "schedule add x '@daily' quit"
  run -2 yt --exec "schedule add '' '@daily' jobs"
  run -1 yt --exec "schedule add cli '@daily' jobs"
  run -2 yt --exec 'schedule pause clu'
  [[ "$output" == *"did you mean 'cli'"* ]]
  run -0 --separate-stderr yt --format vertical --exec 'schedule remove cli'
  [[ "$output" == *cancelled_job*running_job* ]]
  [ "$(csv "sql SELECT state, cancel_how FROM ops.jobs WHERE schedule = 'cli'")" = 'cancelled,its schedule was removed' ]
}

@test "a removed schedule leaves the job that runs, and says which" {
  yt --quiet --exec "schedule add one '@daily' jobs" --exec 'schedule run one' >/dev/null
  yt --quiet --exec 'set write on' --exec "sql UPDATE ops.jobs SET state = 'running', lease_until = now() + interval '1 hour' WHERE schedule = 'one'" >/dev/null
  id=$(csv "sql SELECT id FROM ops.jobs WHERE schedule = 'one'")
  [[ "$(csv 'schedule remove one')" == *",,$id" ]]
  [ "$(csv "sql SELECT state FROM ops.jobs WHERE id = $id")" = running ]
  yt --quiet --exec "job cancel $id" >/dev/null
}

@test "what a schedule's command names is looked for when it is made" {
  refused() {
    run -2 yt --exec "schedule add refused '@daily' $1"
    [[ "$output" == *"$2"* ]] || { echo "$1: $output"; false; }
  }
  refused 'ingest trendng a.csv' ", 'trending', "
  refused 'ingest trending a.csv bach=5' "'trending' has no setting 'bach'"
  refused 'cache warm executiv_dashboard' "executive_dashboard"
  refused 'rollup refresh daly_rollup' "did you mean 'daily_rollup'"
  refused 'rollup check nothing_like_it' 'the model has no rollup'
  refused 'storage maintain partition' 'partitions, hours, retention, cluster'
  refused 'run nothing_saved' nothing_saved
  refused 'query total_vews by channel' "did you mean 'total_views'"
  refused 'export out.csv revenue by chanel' chanel
  refused 'queue pause trendng' 'trending'
  refused "schedule add other '@daily' ingest trendng a.csv" 'trending'
  for command in 'ingest trending not-there-yet.csv' 'cache warm executive_dashboard' 'rollup refresh daily_rollup' \
    'storage maintain partitions' 'query views_gained by week last 8 weeks' 'export out.csv revenue by month' 'rollup advise Costs'; do
    run -0 yt --exec "schedule add taken '@daily' $command" --exec 'schedule remove taken'
  done
}

teardown() { [ -z "${held-}" ] || yt --quiet --yes --exec 'migrate up' --exec 'set write on' --exec "sql DELETE FROM ops.jobs WHERE kind = 'held'" >/dev/null; }

@test "no job is put off for ever, which workers would have to wait for; one that was is due in the year 9999" {
  held="sql INSERT INTO ops.jobs (kind, command, state, run_at) VALUES ('held', 'lint', 'scheduled', 'infinity')"
  run -1 --separate-stderr yt --exec 'set write on' --exec "$held"
  [[ "$stderr" == *jobs_run_at_is_finite* ]]
  yt --quiet --yes --exec 'migrate to 34' --exec 'set write on' --exec "$held" --exec 'migrate up' >/dev/null
  [[ "$(csv "sql SELECT run_at FROM ops.jobs WHERE kind = 'held'")" == 9999-12-31* ]]
}
