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
  [[ "$stderr" == *'error: 1 of 4 rows were refused'* ]]
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
  [[ "$stderr" == *"1 rows refused: cost_timestamp: not a date of that format (first on line 4: '32.11.2026')"* ]]
  run -4 --separate-stderr bash -c "gzip -c bills.csv | '$YTEMPIRE' --local --format csv --no-header --exec 'ingest bills -'"
  [[ "$output" == bills,-,3,0,2,1,* ]]
  [ "$(csv "sql SELECT sum(total_cost_cents) FROM analytics.fact_costs WHERE source = 'bills'")" = 1950.000000 ]
  [[ "$(csv sources)" == *'bills,csv,t,'*'bills of the studio'* ]]
  sed -i 's/"amount"/"amount", "tpye": "number"/' config/ytempire/queries/sources/bills.json
  run -2 yt --exec 'ingest bills bills.csv'
  [[ "$output" == *"'tpye' means nothing here"*"did you mean 'type'"* ]]
  run -1 yt --format csv --exec lint
  [[ "$output" == *"bills.json:9:"*"'tpye' means nothing here; did you mean 'type'?"* ]]
  run -2 yt --exec 'ingest ../sources/bills bills.csv'
}
