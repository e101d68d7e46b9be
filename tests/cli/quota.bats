#!/usr/bin/env bats
# What the APIs let each project spend, as people see it and set it.

load helper

@test "quota: what each project has, and from when it has it again" {
  run -0 yt --exec 'set write on' --exec "sql SELECT * FROM ops.spend_quota('ours', 'youtube-data', 'videos.list', 3, NULL)"
  run -0 yt --format csv --no-header --exec 'quota'
  [[ ${lines[0]} == ours,youtube,10000,1000,3,3,9997,open,* ]]
  [[ $output == *$'\n*,youtube-search,100,10,,,,,'* ]]
  [ "$(csv "sql SELECT extract(hour FROM ops.quota_resets_at(now()) AT TIME ZONE 'America/Los_Angeles')")" = 0 ]
}

@test "quota: limit and reserve of a bucket, for all or for one project" {
  run -0 csv 'quota limit youtube 5 --project ours'
  [ "$output" = ours,youtube,5,1000 ]
  run -0 csv 'quota reserve youtube 2 --project ours'
  [ "$output" = ours,youtube,5,2 ]
  run -0 csv 'quota'
  [[ ${lines[0]} == ours,youtube,5,2,3,3,2,reserved,* ]]
  run -0 csv 'quota reserve youtube 2000'
  [ "$output" = '*,youtube,10000,2000' ]
  run -2 yt --exec 'quota limit youtub 5'
  [[ $output == *"unknown bucket 'youtub'"*"buckets are: 'youtube', 'youtube-search', 'youtube-stats'"* ]]
  run -2 yt --exec 'quota limit youtube -1'
}

@test "sources: their settings are seen" {
  run -0 yt --format csv --exec 'sources'
  [[ ${lines[0]} == name,kind,enabled,last_success,lag_seconds,data_until,summary,settings ]]
  [[ $output == *"batch=50000 reject_limit=50"* ]]
}
