# Loading files, as people and scripts meet it.
load helper

header=video_id,trending_date,title,channel_title,category_id,publish_time,tags,views,likes,dislikes,comment_count,thumbnail_link,comments_disabled,ratings_disabled,video_error_or_removed,description

setup() {
  cd "$BATS_TEST_TMPDIR"
}

# rows 1 to $1 of a file nobody else loads; not in bash, where bats looks at every line that is done
make_rows() {
  echo "$header"
  awk -v last="$1" 'BEGIN {
    for (i = 1; i <= last; i++)
      printf "cli%08d,31.%02d.01,title %d,CLI channel,10,2031-01-01T00:00:00.000Z,a|b,%d,1,1,1,,False,False,False,text\n", i, i % 28 + 1, i, i }'
}

@test "a load yields a row a file, and a job" {
  make_rows 3 >rows.csv
  run -0 --separate-stderr yt --format csv --exec 'ingest trending rows.csv'
  [[ "${lines[0]}" == source,file,rows,loaded,unchanged,rejected,job,seconds ]]
  [[ "${lines[1]}" == trending,rows.csv,3,* ]]
  [ "$(csv 'sql SELECT count(*) FROM ops.touched_hours')" = 0 ]
  run -0 --separate-stderr yt --format csv --exec 'ingest trending rows.csv' --exec 'jobs completed' --exec 'sources'
  [[ "${lines[1]}" == trending,rows.csv,3,0,3,0,* ]]
  [[ "$output" == *id,source,state,progress,rows,rejected,attempt,created_at,started_at,finished_at,error* ]]
  [[ "$output" == *name,kind,enabled,last_success,lag_seconds* ]]
  job=$(csv 'sql SELECT max(id) FROM ops.jobs')
  run -0 yt --exec "job show $job" --exec "job log $job"
  [[ "$output" == *'rows.csv: 3 rows, 0 loaded, 3 unchanged, 0 rejected'* ]]
  run -2 yt --exec 'job show 999999'
}

@test "refused rows end with 4, and are listed" {
  { make_rows 3 && echo '#NAME?,broken'; } >bad.csv
  run -4 --separate-stderr yt --format csv --exec 'ingest trending bad.csv' --exec 'sql SELECT 1 AS one'
  [[ "$stderr" == *'error: 1 of 4 rows was refused'* ]]
  [ "${lines[-1]}" = 1 ]
  run -0 --separate-stderr yt --format csv --exec 'deadletters trending'
  [[ "${lines[0]}" == id,source,job,reason,line,raw* ]]
  [[ "$output" == *'the row ends early,5,"#NAME?,broken"'* ]]
}

@test "standard input and packed files" {
  make_rows 4 >rows.csv
  gzip -k rows.csv && zstd -q rows.csv
  run -0 --separate-stderr yt --format csv --no-header --exec 'ingest trending rows.csv.gz rows.csv.zst'
  [[ "${lines[1]}" == trending,rows.csv.zst,4,0,4,0,* ]]
  run -0 --separate-stderr bash -c "cat rows.csv | '$YTEMPIRE' --local --format csv --no-header --exec 'ingest trending -'"
  [[ "$output" == trending,-,4,0,4,0,* ]]
}

@test "pipes by name: what can be read but once is not looked at before" {
  make_rows 4 >rows.csv
  gzip -k rows.csv
  run -0 --separate-stderr bash -c "'$YTEMPIRE' --local --format csv --no-header --exec \"ingest trending \"<(cat rows.csv.gz)"
  [[ "$output" == trending,/dev/fd/*,4,* ]]
  mkfifo pipe.csv
  (exec 3>&- && cat rows.csv >pipe.csv) &
  run -0 --separate-stderr timeout 60 "$YTEMPIRE" --local --format csv --no-header --exec 'ingest trending pipe.csv'
  [[ "$output" == trending,pipe.csv,4,0,4,0,* ]]
  run -124 --separate-stderr timeout 60 "$YTEMPIRE" --local --timeout 1 --exec 'ingest trending pipe.csv'    # nobody writes
  wait
}

@test "what cannot be loaded says why and what to do" {
  make_rows 1 >rows.csv
  echo 'a,b' >other.csv
  : >empty.csv
  run -2 yt --exec 'ingest trending nowhere.csv'
  [[ "$output" == *"'nowhere.csv': No such file"* ]]
  run -2 yt --exec 'ingest trendin rows.csv'
  [[ "$output" == *"unknown source 'trendin'"*"'trending'"* ]]
  run -2 yt --exec 'ingest trending'
  run -2 yt --exec 'ingest trending rows.csv bach=7'
  [[ "$output" == *"did you mean 'batch'"* ]]
  run -1 yt --exec 'ingest trending rows.csv other.csv'
  [[ "$output" == *"'other.csv': this is no file of trending videos"*hint:* ]]
  run -1 yt --exec 'ingest trending empty.csv'
  [[ "$output" == *"the file is empty"* ]]
}

@test "help names the settings of every source, and those that all APIs have once" {
  run -0 yt --exec 'help ingest'
  [[ "$output" == *"Settings of 'stripe'"*currency=*"Settings of 'trending'"*batch=ROWS*'(50000 by default)'* ]]
  [[ "$output" == *"Settings of 'youtube-data'"*"Settings of all that ask an API"*tries=TIMES*"Settings of files with a mapping"*again=* ]]
  [ "$(grep -c 'tries=TIMES' <<<"$output")" = 1 ]
  run -2 yt --exec 'ingest trending rows.csv zzz=7'
  [[ "$output" == *"'help ingest' lists them"* ]]
}

@test "a packed file that unpacks to more than it may is given up" {
  { echo "$header"; head -c 100000000 /dev/zero | tr '\0' '\n'; } | gzip >bomb.csv.gz
  run -1 --separate-stderr yt --exec 'ingest trending bomb.csv.gz'
  [[ "$stderr" == *"'bomb.csv.gz': the gzip data unpack to more than 200 times their size"*"unpack_ratio=0"* ]]
}

@test "a program that is killed leaves a load that is ended by the next one" {
  make_rows 30000 >rows.csv
  before=$(csv 'sql SELECT max(id) FROM ops.jobs')
  { cat rows.csv; sleep 60; } 3>&- | "$YTEMPIRE" --local --exec 'ingest trending - batch=1000' >/dev/null 2>&1 3>&- &
  pipe=$!
  stored() { [ "$(csv "sql SELECT count(*) > 2000 FROM analytics.dim_video WHERE video_id LIKE 'cli%'")" = t ]; }
  eventually stored
  kill -9 "$pipe"
  run -0 --separate-stderr yt --format csv --no-header --exec 'ingest trending rows.csv'
  [ "$(csv "sql SELECT count(*), sum(views) FROM analytics.fact_video_performance JOIN analytics.dim_video USING (video_key) WHERE video_id LIKE 'cli%'")" = 30000,450015000 ]
  [ "$(csv "sql SELECT string_agg(state, ' ' ORDER BY id) FROM ops.jobs WHERE id > $before")" = 'discarded completed' ]
}

@test "files with a mapping of one's own: made, checked, loaded, and passed over the second time" {
  export XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/config
  mkdir -p config/ytempire/queries/sources
  cat >config/ytempire/queries/sources/bills.json <<'JSON'
{
  "kind": "csv",
  "summary": "bills of the studio",
  "target": "costs",
  "delimiter": ";",
  "columns": {
    "source_ref": "number",
    "cost_timestamp": {"from": "day", "type": "date", "format": "DD.MM.YYYY"},
    "total_cost_cents": {"from": "amount", "decimal": ",", "times": 100}
  }
}
JSON
  printf 'number;day;amount\nB1;01.11.2026;12,5\nB2;02.11.2026;7\nB3;32.11.2026;7\n' >bills.csv
  run -4 --separate-stderr yt --format csv --no-header --exec 'ingest bills bills.csv'
  [[ "$output" == bills,bills.csv,3,2,0,1,* ]]
  [[ "$stderr" == *"1 row refused: cost_timestamp: not a date of that format (first on line 4: '32.11.2026')"* ]]
  run -4 --separate-stderr bash -c "gzip -c bills.csv | '$YTEMPIRE' --local --format csv --no-header --exec 'ingest bills -'"
  [[ "$output" == bills,-,3,0,2,1,* ]]
  [ "$(csv "sql SELECT sum(total_cost_cents) FROM analytics.fact_costs WHERE source = 'bills'")" = 1950.000000 ]
  [[ "$(csv sources)" == *'bills,csv,t,'*'bills of the studio'* ]]
  # what a file that was cut has left of its last number is no number of it
  python3 -c 'import sys, zlib; z = zlib.compressobj(6, zlib.DEFLATED, 31); t = b"number;day;amount\nB6;01.11.2026;1\nB7;01.11.2026;12"
sys.stdout.buffer.write(z.compress(t) + z.flush(zlib.Z_SYNC_FLUSH))' >cut.csv.gz
  printf 'number;day;amount\nB8;01.11.2026;1\nB9;01.11.2026;"12' >cut.csv
  for file in cut.csv.gz cut.csv; do
    run -4 --separate-stderr yt --format csv --no-header --exec "ingest bills $file"
    [[ "$output" == bills,$file,2,1,0,1,* ]]
    [[ "$stderr" == *'1 row refused: the file ends inside the row (first on line 3)'*'may be cut'* ]]
  done
  sed -i 's/"amount"/"amount", "tpye": "number"/' config/ytempire/queries/sources/bills.json
  run -2 yt --exec 'ingest bills bills.csv'
  [[ "$output" == *"'tpye' means nothing here"*"did you mean 'type'"* ]]
  run -1 yt --format csv --exec lint
  [[ "$output" == *"bills.json:9:"*"'tpye' means nothing here; did you mean 'type'?"* ]]
  run -2 yt --exec 'ingest ../sources/bills bills.csv'
}

@test "a mapping is proposed, kept, found good, and loads what it was proposed for" {
  export XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/config
  sources=config/ytempire/queries/sources
  mkdir -p $sources
  printf 'number;day;amount;note\nI1;01.11.2026;12,5;x\nI2;22.11.2026;1.007,25;\n' >inferred.csv
  run -0 --separate-stderr bash -c "'$YTEMPIRE' --local -e 'ingest infer inferred.csv' >$sources/inferred.json"
  [[ "$stderr" == *"field 'note' fits no column of 'costs'"* ]]
  cat >lines.ndjson <<'JSON'
{"ref": "L1", "time": "2026-11-01T10:00:00Z", "price": {"amount": 0.5}, "count": 3}
{"ref": "L2", "time": "2026-11-02T10:00:00+02:00", "price": {"amount": 2}, "count": null}
JSON
  gzip -c lines.ndjson >lines.gz
  run -0 bash -c "'$YTEMPIRE' --local -e 'ingest infer - target=costs' <lines.gz >$sources/lines.json"
  run -0 yt --format csv --exec lint
  run -0 yt --quiet --exec 'ingest inferred inferred.csv' --exec 'ingest lines lines.ndjson'
  [ "$(csv "sql SELECT string_agg(source_ref || ' ' || (cost_timestamp AT TIME ZONE 'UTC')::date || ' ' || total_cost_cents::int, ', ' ORDER BY source_ref) FROM analytics.fact_costs WHERE source IN ('inferred', 'lines')")" = '"I1 2026-11-01 1250, I2 2026-11-22 100725, L1 2026-11-01 50, L2 2026-11-02 200"' ]
  printf 'number,day,amount\nA,03/04/2026,1\n' >two.csv
  run -4 --separate-stderr yt --exec 'ingest infer two.csv'
  [[ "$stderr" == *'"DD/MM/YYYY", or "MM/DD/YYYY"'*"needs what no field surely is: 'cost_timestamp'"* ]]
  run -2 yt --exec 'ingest infer two.csv target=cost'
}

@test "dead letters: by reason, mended in an editor, loaded once more, given up" {
  export XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/config
  mkdir -p config/ytempire/queries/sources
  cat >config/ytempire/queries/sources/fees.json <<'JSON'
{"kind": "csv", "target": "costs", "columns": {"source_ref": "number", "cost_timestamp": "day", "quantity": "n", "total_cost_cents": "cents"}}
JSON
  printf 'number,day,cents,n\nF1,2026-11-01,5,1\nF2,2026-11-31,6,1\nF3,2026-11-07,7\nF4,2026-11-31,8,1\nF5,2026-11-05,nine,1\n' >fees.csv
  run -4 yt --quiet --exec 'ingest fees fees.csv'
  run -0 --separate-stderr yt --format csv --no-header --exec 'deadletters --by-reason fees'
  [[ "${lines[0]}" == 'fees,cost_timestamp: not a time of that format,2,1,'* ]]
  ids=$(csv "sql SELECT string_agg(id::text, ' ' ORDER BY line) FROM ops.dead_letters WHERE source = 'fees' AND state = 'open'")
  read -r f2 f3 f4 f5 <<<"$ids"
  run -4 --separate-stderr yt --format csv --no-header --exec "deadletter retry $f2"         # nothing has changed
  [[ "$output" == fees,fees.csv,1,0,0,1,* ]]
  export EDITOR="sed -i -e s/2026-11-31/2026-11-30/ -e s/nine/9/"
  run -0 --separate-stderr yt --format csv --no-header --exec "deadletter edit $f2 $f4"
  [[ "$output" == fees,fees.csv,2,2,0,0,* ]]
  EDITOR=false run -1 yt --exec "deadletter edit $f5"
  [[ "$output" == *'nothing is changed'* ]]
  run -0 --separate-stderr yt --format csv --no-header --exec "deadletter drop $f3"
  [[ "$output" == "$f3,fees,"* ]]
  run -2 yt --exec "deadletter retry $f3"
  [[ "$output" == *"there is no open dead letter $f3"* ]]
  run -0 yt --exec 'deadletter edit --source fees'
  [ "$(csv "sql SELECT string_agg(source_ref || ' ' || total_cost_cents::integer, ', ' ORDER BY 1) FROM analytics.fact_costs WHERE source = 'fees'")" = '"F1 5, F2 6, F4 8, F5 9"' ]
  [ "$(csv 'deadletters fees' | wc -l)" = 0 ]
  run -4 yt --quiet --exec 'ingest fees fees.csv again=1'
  [ "$(csv 'deadletters fees' | wc -l)" = 0 ]                                                # what was decided stays decided
  # two letters of one row: the one that is refused leaves the other its place
  printf 'number,day,cents,n\nF7,2026-11-07,x,1\nF7,2026-11-07,y,1\n' >twice.csv
  run -4 yt --quiet --exec 'ingest fees twice.csv'
  EDITOR="sed -i -e s/,x,/,5,/ -e '/,y,/s/.*/F7,2026-11-07,6,1\nF7,2026-11-07,7,1/'" run -4 yt --quiet --exec 'deadletter edit --source fees'
  [ "$(csv "sql SELECT total_cost_cents::integer FROM analytics.fact_costs WHERE source_ref = 'F7'")" = 5 ]
  [ "$(csv "sql SELECT string_agg(state, ' ' ORDER BY line) FROM ops.dead_letters WHERE file = 'twice.csv'")" = 'retried open' ]
  { make_rows 2 && echo 'cli99999999,31.40.01,t,CLI channel,10,2031-01-01T00:00:00.000Z,a,9,1,1,1,,False,False,False,text'; } >late.csv
  run -4 yt --quiet --exec 'ingest trending late.csv'
  id=$(csv "sql SELECT max(id) FROM ops.dead_letters WHERE source = 'trending'")
  EDITOR='sed -i s/31.40.01/31.04.01/' run -0 --separate-stderr yt --format csv --no-header --exec "deadletter edit $id"
  [[ "$output" == trending,-,1,1,0,0,* ]]
  [ "$(csv "sql SELECT count(*) FROM analytics.dim_video WHERE video_id = 'cli99999999'")" = 1 ]
}
