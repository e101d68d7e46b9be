# The first questions of a new user, on real files.
load helper

@test "the first two commands" {
  need_files
  run yt --exec "ingest trending '$trending/USvideos.csv'"
  [ "$status" -eq 0 ] || [ "$status" -eq 4 ]
  run -0 --separate-stderr yt --exec 'total_views, engagement_rate by channel_name top 10 by total_views'
  [ "${#lines[@]}" -gt 10 ]
  [[ "$output" == *engagement_rate* ]]
}

@test "an edit changes the question before, and not one that failed" {
  need_trending
  run -0 --separate-stderr yt --format csv --no-header --exec $'videos by category top 3\ntop 1'
  [ "${#lines[@]}" -eq 4 ]
  run -4 yt --exec $'videos by category\nvideos by nonsense\ntop 1' --keep-going
  [[ "$output" == *'the query before failed'* ]]
}

@test "explain shows the query, its range and zone, the SQL and its parameters" {
  need_trending
  run -0 --separate-stderr yt --format vertical --exec "explain total_views by day for 2017-11 where category = Music"
  for part in query json range zone rule sql '$1'; do [[ "$output" == *"$part"* ]] || { echo "no $part"; false; }; done
  [[ "$output" != *"'Music'"* ]]
  run -0 --separate-stderr yt --exec "explain analyze total_views by day for 2017-11"
  [[ "$output" == *'Execution Time'* ]]
}

@test "the format cube has Cube's query and annotation" {
  run -0 --separate-stderr yt --format cube --exec 'total_views by category for 2017-11'
  python3 - "$output" <<'EOF'
import json, sys
answer = json.loads(sys.argv[1])
assert answer["query"]["measures"] == ["VideoPerformance.total_views"], answer["query"]
assert list(answer["annotation"]["measures"]) == answer["query"]["measures"], answer["annotation"]
assert list(answer["annotation"]["dimensions"]) == answer["query"]["dimensions"], answer["annotation"]
EOF
}

@test "compareDateRange in the format cube is a result a range, as Cube answers it" {
  need_trending
  local query='"measures":["VideoPerformance.videos"],"timeDimensions":[{"dimension":"VideoPerformance.snapshot_time","compareDateRange":["2017-11-14",["2017-11-20","2017-11-26"]]}]'
  for i in 1 2; do                                     # the second time from the cache, where there is one
    run -0 --separate-stderr yt --format cube --exec "query {$query}"
    python3 - "$output" "$(csv 'videos for 2017-11-14')" "$(csv 'videos for 2017-11-20..2017-11-26')" <<'EOF'
import json, sys
answer = json.loads(sys.argv[1])
ranges = [["2017-11-14T00:00:00.000", "2017-11-14T23:59:59.999"], ["2017-11-20T00:00:00.000", "2017-11-26T23:59:59.999"]]
assert answer["queryType"] == "compareDateRangeQuery", answer
assert [result["query"]["timeDimensions"][0]["dateRange"] for result in answer["results"]] == ranges, answer
assert [result["data"] for result in answer["results"]] == [
    [{"VideoPerformance.videos": count, "compareDateRange": " - ".join(range)}] for count, range in zip(sys.argv[2:], ranges)], answer
assert all("VideoPerformance.videos" in result["annotation"]["measures"] for result in answer["results"]), answer
assert answer["pivotQuery"]["dimensions"] == ["compareDateRange"], answer
assert answer["pivotQuery"]["timeDimensions"][0]["dateRange"] == ranges[0], answer
EOF
  done
  run -0 --separate-stderr yt --format cube --exec "query {$query,\"responseFormat\":\"columnar\"}"
  python3 -c 'import json, sys
data = json.loads(sys.argv[1])["results"][1]["data"]
assert data["members"] == ["VideoPerformance.videos", "compareDateRange"], data
assert data["columns"][1] == ["2017-11-20T00:00:00.000 - 2017-11-26T23:59:59.999"], data' "$output"
}

@test "the catalogue and the checks of the shipped model" {
  run -0 --separate-stderr yt --format csv --exec catalog
  [[ "${lines[0]}" == cube,member,kind,type,format,description* ]]
  [ "${#lines[@]}" -gt 100 ]
  run -0 yt --exec lint
  run -2 yt --exec 'catalog total_vews'
  [[ "$output" == *"total_views"* ]]
}

@test "the specification's own cube loads, answers, and is told what is wrong with it" {
  need_trending
  model=$BATS_TEST_DIRNAME/../golden/spec_model
  run -0 --separate-stderr yt --model "$model" --format csv --no-header --exec 'total_views'
  [ "$output" = "$(csv 'sql SELECT sum(views) FROM analytics.fact_video_performance')" ]
  run --separate-stderr yt --model "$model" --format csv --exec lint
  [[ "$output" == *total_views* ]]
}

@test "a broken model file harms no other, and is told with line and column" {
  need_trending
  mkdir -p "$BATS_TEST_TMPDIR/model"
  cp "$BATS_TEST_DIRNAME"/../../queries/model/*.json "$BATS_TEST_TMPDIR/model"
  printf '{\n  "cubes": [ nonsense ]\n}\n' >"$BATS_TEST_TMPDIR/model/broken.json"
  run -0 --separate-stderr yt --model "$BATS_TEST_TMPDIR/model" --format csv --no-header --exec 'videos; videos'
  [ "${#lines[@]}" -eq 2 ]
  [[ "$stderr" == *'broken.json:2:14: not JSON'* ]]
  [ "$(grep -c broken.json <<<"$stderr")" -eq 1 ]
  run -1 --separate-stderr yt --model "$BATS_TEST_TMPDIR/model" --format csv --exec lint
  [[ "$output" == *broken.json:2* ]]
}

@test "lint lists all faults also where not one cube is left" {
  mkdir "$BATS_TEST_TMPDIR/model"
  printf '{' >"$BATS_TEST_TMPDIR/model/a.json"
  printf '{\n  "cubes": [ nonsense ]\n}\n' >"$BATS_TEST_TMPDIR/model/b.json"
  run -1 --separate-stderr yt --model "$BATS_TEST_TMPDIR/model" --format csv --exec lint
  [[ "$output" == *a.json:1* && "$output" == *b.json:2* ]]
  run -2 --separate-stderr yt --model "$BATS_TEST_TMPDIR/model" --exec videos
  [[ "$stderr" == *a.json:1*"'lint' lists all"* ]]
  rm "$BATS_TEST_TMPDIR/model/b.json"
  printf '{"cubes": []}' >"$BATS_TEST_TMPDIR/model/a.json"
  run -2 --separate-stderr yt --model "$BATS_TEST_TMPDIR/model" --exec lint
  [[ "$stderr" == *'no cube'* ]]
}

@test "explain takes a query in JSON, with the word before it or without" {
  run -0 --separate-stderr yt --format csv --exec 'explain query {"measures": ["VideoPerformance.videos"]}'
  [[ "$output" == *'query,VideoPerformance.videos'* ]]
  run -0 yt --exec 'explain {"measures": ["VideoPerformance.videos"]}'
}

@test "--as-user takes an address as it is written, else in any case where that is one account" {
  yt --quiet --exec "set write on; sql INSERT INTO users.accounts (email) VALUES ('Ann@x.invalid'), ('ann@x.invalid')"
  run -2 --separate-stderr yt --as-user ANN@x.invalid --exec 'sql SELECT 1'
  [[ "$stderr" == *"'ANN@x.invalid' may be one of 2 accounts"* ]]
  [ "$(yt --quiet --format csv --no-header --as-user Ann@x.invalid --exec 'sql SELECT email FROM tenant.accounts')" = Ann@x.invalid ]
  yt --quiet --exec "set write on; sql DELETE FROM users.accounts WHERE lower(email) = 'ann@x.invalid'"
  [ "$(yt --quiet --format csv --no-header --as-user MARKET-DATA@ytempire.invalid --exec 'sql SELECT email FROM tenant.accounts')" = market-data@ytempire.invalid ]
}

@test "sql beside --as-user says what it reads" {
  run -0 --separate-stderr yt --as-user market-data@ytempire.invalid --format csv --no-header --exec 'sql SELECT 1'
  [ "$output" = 1 ]
  [[ "$stderr" == *'--as-user is about questions'* ]]
}

@test "how far the data reach is said with every answer, in its zone; of several facts the end of the first" {
  user=$(python3 -c 'import uuid; print(uuid.uuid4())') channel=until-$RANDOM$RANDOM
  yt --quiet --yes --exec 'set write on' --exec "sql INSERT INTO users.accounts (user_id, email) VALUES ('$user', '$channel@example.com')" >/dev/null
  load() { yt --quiet --yes --exec 'set write on' --exec "sql INSERT INTO ops.touched_hours (relation, hour) VALUES $1" >/dev/null; }
  load "('analytics.fact_video_performance', '2090-03-05 09:00+00'), ('analytics.fact_costs', '2090-03-04 22:00+00')"
  load "('analytics.fact_video_performance', '2090-03-05 08:00+00'), ('analytics.youtube_metrics', '2090-03-03 00:00+00')"
  run -0 --separate-stderr yt --exec 'total_views'
  [[ "$output" == *'data until 2090-03-05 09:00'* ]]
  run -0 --separate-stderr yt --exec 'set tz Asia/Kathmandu' --exec 'total_views'
  [[ "$output" == *'data until 2090-03-05 14:45'* ]]
  run -0 --separate-stderr yt --exec 'total_views, total_cost'
  [[ "$output" == *'data until 2090-03-04 22:00'* ]]
  run -0 --separate-stderr yt --exec 'set tz America/Los_Angeles' --exec 'ChannelMetrics.channel_metric_views'
  [[ "$output" == *'data until 2090-03-03'* && "$output" != *'2090-03-03 '* ]]
  [ "$(csv "sql SELECT count(*) FROM ops.data_until WHERE relation = 'analytics.fact_video_performance'")" = 1 ]
  # who sees only his own is not told of what others have
  run -0 --separate-stderr yt --as-user "$channel@example.com" --exec 'total_views'
  [[ "$output" == *'from facts'* && "$output" != *'data until'* ]]
  # what is not there any more is not told of
  yt --quiet --yes --exec 'set write on' --exec 'sql SELECT ops.find_data_until()' >/dev/null
  run -0 --separate-stderr yt --exec 'total_views'
  [[ "$output" != *2090* ]]
}
