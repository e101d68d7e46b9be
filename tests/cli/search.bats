# search: videos by words in title, tags and description.
load helper

# Videos of a channel of their own, so that the others' samples do no harm.
setup_file() {
  yt --quiet --exec "set write on" --exec "sql INSERT INTO analytics.dim_channel (channel_id, user_id, channel_name, valid_from)
    SELECT 'search', a.user_id, 'Search Tests', '-infinity' FROM users.accounts AS a ORDER BY a.created_at LIMIT 1
    ON CONFLICT DO NOTHING" \
    --exec "sql INSERT INTO analytics.dim_video (video_id, channel_id, video_title, video_tags, video_description, published_at) VALUES
    ('s-1', 'search', 'Zyxel router unboxing', '{networks,\"wifi six\"}', 'A long look at a router.', '2026-01-01'),
    ('s-2', 'search', 'Quiet night', '{zyxel}', 'Nothing of routers', '2026-01-02'),
    ('s-3', 'search', 'Loud day', NULL, 'we talk of zyxel
at length, <b>and</b> again', '2026-01-03'),
    ('s-4', 'search', '日本の猫動画まとめ', NULL, NULL, '2026-01-04'),
    ('s-5', 'search', '猫', NULL, NULL, '2026-01-05'),
    ('s-6', 'search', '100%_off (today!) [zzz]', NULL, NULL, '2026-01-06') ON CONFLICT DO NOTHING" >/dev/null
}

ids() { yt --format csv --no-header --exec "search $1" | cut -d, -f2 | paste -sd' '; }

@test "the title counts most, then tags, then the description; a snippet shows where" {
  [ "$(ids zyxel)" = 's-1 s-2 s-3' ]
  run -0 --separate-stderr yt --format csv --exec 'search ZYXEL'
  [ "${lines[0]}" = rank,video_id,title,channel,published_at,snippet ]
  [[ "${lines[1]}" == [01].*,s-1,'Zyxel router unboxing,Search Tests,2026-01-01 00:00:00+00,'*'**Zyxel** router unboxing'* ]]
  [[ "${lines[3]}" == *'we talk of **zyxel** at length'* ]]
  [ "$(ids '--limit 1 zyxel')" = s-1 ]
}

@test "words as for a search engine: a phrase, or, without" {
  [ "$(ids '"wifi six"')" = s-1 ]
  [ "$(ids 'zyxel -router -length')" = s-2 ]
  [ "$(ids '"quiet night" or "loud day"' | tr ' ' '\n' | sort | paste -sd' ')" = 's-2 s-3' ]
}

@test "scripts without spaces, and parts of a title where no word fits" {
  [ "$(ids 猫)" = 's-5 s-4' ]
  run -0 --separate-stderr yt --format csv --no-header --exec 'search 猫'
  [[ "${lines[1]}" == ,s-4,*'日本の**猫**動画まとめ' ]]
  run -0 --separate-stderr yt --format csv --no-header --exec 'search yxel rout'
  [[ "$output" == ,s-1,*'Z**yxel rout**er unboxing' ]]
  [[ "$stderr" == *'no video has these words'* ]]
}

@test "whatever the text, it is looked for and nothing else" {
  [ "$(ids '100%_off (today!) [zzz]')" = s-6 ]
  [ "$(ids '0%_o')" = s-6 ]
  [ "$(ids '0__o')" = '' ]
  [ "$(ids "!!! '; DROP TABLE x")" = '' ]
  [ "$(ids '\')" = '' ]
  [ "$(ids '& | ! <-> :*')" = '' ]
  run -2 yt --exec search
  run -2 yt --exec 'search --limit 0 x'
}

@test "a tenant finds its own videos only" {
  yt --quiet --exec 'set write on' --exec "sql INSERT INTO users.accounts (email) VALUES ('other@example.org') ON CONFLICT DO NOTHING" >/dev/null
  other=$(csv "sql SELECT user_id FROM users.accounts WHERE user_id <> (SELECT user_id FROM analytics.dim_channel WHERE channel_id = 'search') LIMIT 1")
  owner=$(csv "sql SELECT user_id FROM analytics.dim_channel WHERE channel_id = 'search'")
  [ "$(yt --as-user "$owner" --format csv --no-header --exec 'search zyxel' | wc -l)" = 3 ]
  [ "$(yt --as-user "$other" --format csv --no-header --exec 'search zyxel' | wc -l)" = 0 ]
}

@test "the index is used, of many videos too" {
  yt --quiet --exec "set write on" --exec "sql INSERT INTO analytics.dim_video (video_id, channel_id, video_title)
    SELECT 'many-' || n, 'search', 'Filler ' || md5(n::text) FROM generate_series(1, 20000) AS n" >/dev/null
  yt --quiet --exec "set write on" --exec "sql ANALYZE analytics.dim_video" >/dev/null
  statement=$(sed -e "s/\$1/'zyxel'/g; s/\$2::bigint/20/g; s/\$3::boolean/false/g" "$BATS_TEST_DIRNAME/../../sql/catalog/search_videos.sql" | grep -v '^--' | tr '\n' ' ')
  run -0 --separate-stderr yt --format csv --exec "sql EXPLAIN $statement"
  [[ "$output" == *'Bitmap Index Scan on idx_dim_video_document'* ]]
  [[ "$output" != *'Seq Scan on dim_video'* ]]
}
