# Shared by the files here. Run under tests/with-servers: one set of private servers for all of them.
bats_require_minimum_version 1.5.0
shared=${YTEMPIRE_SHARED:-$BATS_TEST_DIRNAME/../../../shared}
trending=$shared/data/trending


# Answers come from the server, where what a test says of sources and times is seen; cache.bats has the other ones.
yt() { "$YTEMPIRE" --local --no-cache "$@" </dev/null; }
csv() { yt --format csv --no-header --exec "$1"; }

need_files() { [ -d "$trending" ] || skip "the trending files are not beside the checkout"; }

# Loads the real files once for all tests; loading them again would change nothing but take its time.
need_trending() {
  need_files
  [ "$(csv "sql SELECT count(*) > 3000 FROM analytics.fact_video_performance AS f JOIN analytics.dim_channel AS c USING (channel_key) WHERE c.channel_id LIKE 'title:%'")" = t ] ||
    yt --quiet --exec "ingest trending '$trending/USvideos.csv' '$trending/CAvideos.csv' '$trending/INvideos.csv' '$trending/US_youtube_trending_data.csv'" >/dev/null || [ $? -eq 4 ]
}

# Waits, with patience for a slow machine, until a command succeeds.
eventually() {
  local deadline=$((SECONDS + 60))
  until "$@"; do
    [ $SECONDS -lt $deadline ] || return 1
    sleep 0.05
  done
}

# A way to the private server on which the first connection that says WORD is cut before the server hears of it: $cut is its
# connection string, $straight that of the server itself, $cutter the process to end.
cut_at() { # WORD
  local address server folder
  address=$(csv 'local status' | awk -F, '$1 == "PostgreSQL" { print $5 }')
  server=$(echo "$(sed -n 's/.*host=\([^ ]*\).*/\1/p' <<<"$address")"/.s.PGSQL.*[0-9]) folder=$(mktemp -d "$BATS_RUN_TMPDIR/XXXXXX")
  python3 "$BATS_TEST_DIRNAME/cut.py" "$folder" "$server" "$1" 3>&- &
  cutter=$! straight=$address cut="$address host=$folder"
  eventually test -S "$folder/${server##*/}"
}

# Statements under way that say $1, but for the one that asks.
running() { csv "sql SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%$1%' AND state = 'active' AND pid <> pg_backend_pid()"; }
is_running() { [ "$(running "$1")" -gt 0 ]; }
is_not_running() { [ "$(running "$1")" -eq 0 ]; }
