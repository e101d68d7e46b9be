# Upkeep: schedules that are shipped, statistics, and TimescaleDB's own jobs in the same lists.

load helper

y() { yt --quiet "$@"; }
has_timescaledb() { [ "$(csv "sql SELECT to_regclass('timescaledb_information.jobs') IS NOT NULL")" = t ]; }

@test "the schedules of upkeep are there, and their commands are commands" {
  run -0 y --format csv --no-header -e schedules
  for name in rollups storage statistics backup 'backup verify'; do
    [[ $'\n'$output == *$'\n'"$name,"* ]] || { echo "$output"; false; }
  done
  while IFS= read -r command; do
    run -0 yt -e "help $command"
  done <<<"$(csv "sql SELECT command FROM ops.schedules WHERE name IN ('rollups', 'storage', 'statistics', 'backup', 'backup verify')")"
  run -0 y -e "schedule pause 'backup verify'" -e "schedule resume 'backup verify'"
}

@test "statistics are made where they are missing, and not twice" {
  y -e 'sample load --channels 3 --days 10 --seed 3' >/dev/null
  y -e 'set write on' -e 'sql CREATE TABLE analytics.heap AS SELECT generate_series(1, 1000) AS n' >/dev/null
  run -0 y --format csv --no-header -e 'storage analyze'
  [[ $output == *'analytics.heap,1000,1000,analyzed,'* ]] || [[ $output == *'analytics.heap,'*analyzed* ]] || { echo "$output"; false; }
  run -0 y --format csv --no-header -e 'storage analyze'
  [[ $output != *analytics.heap* ]]
  y -e 'set write on' -e 'sql DROP TABLE analytics.heap' >/dev/null
  run -0 y --format csv --no-header -e 'storage maintain partitions'
  [[ $output == partitions,* && ${#lines[@]} -eq 1 ]]
  run -2 y -e 'storage maintain everything'
  [[ $output == *'partitions, hours, retention, cluster'* ]]
}

@test "jobs of TimescaleDB's that are not there are told of" {
  for command in 'job show -99999' 'job show ts:99999' 'job why -99999' 'job log -99999' 'schedule pause ts:99999' 'schedule run ts:99999'; do
    run -2 y -e "$command"
    [[ $output == *'TimescaleDB has no job 99999 here'* ]] || { echo "$command: $output"; false; }
  done
  run -2 y -e 'job cancel -99999'
  [[ $output == *"TimescaleDB's own"*'schedule pause ts:99999'* ]]
}

@test "TimescaleDB's own jobs are in the same lists, with the same verbs" {
  has_timescaledb || skip "the private servers have no TimescaleDB"
  number=$(csv "sql SELECT job_id FROM timescaledb_information.jobs WHERE proc_name = 'policy_compression' ORDER BY job_id LIMIT 1")
  [[ $(csv jobs) == *"-$number,timescaledb,"* ]]
  [[ $(csv schedules) == *"ts:$number,@every 12h,"* ]]
  run -0 y --format csv --no-header -e "schedule pause ts:$number"
  [[ $output == "ts:$number,"*,f,* ]] || { echo "$output"; false; }
  [[ $(csv "job why -$number") == "-$number,"* ]]
  [ "$(csv "sql SELECT scheduled FROM timescaledb_information.jobs WHERE job_id = $number")" = f ]
  run -0 y --format csv --no-header -e "schedule resume ts:$number" -e "schedule run ts:$number"
  [[ $output == *"ts:$number,-$number,t"* ]] || { echo "$output"; false; }
  run -0 y --format csv --no-header -e "job show ts:$number"
  for field in "id,-$number" kind,policy_compression source,timescaledb 'state,' 'attempt,' "schedule,ts:$number" 'relation,' 'started_at,'; do
    [[ $'\n'$output == *$'\n'"$field"* ]] || { echo "$field: $output"; false; }
  done
  [ "$(csv "job show -$number")" = "$output" ]
  run -0 y --format csv --no-header -e "job show ts:1" -e 'job why ts:1' -e 'job log ts:1'         # of no hypertable, and never run
  [[ $output == *'kind,policy_telemetry'* && $output != *relation,* ]] || { echo "$output"; false; }
  run -0 y -e "job log -$number"
}
