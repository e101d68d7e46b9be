# Boards in batch: their panels' values, where these are from, and what is said of what is not there.

load helper

y() { "$YTEMPIRE" --local --quiet "$@" </dev/null; }
tsv() { y --format tsv --no-header -e "$1"; }
redis() { redis-cli -s "$socket" "$@"; }
address() { y --format json -e 'local status' | python3 -c 'import json, sys; print([r["address"] for r in json.load(sys.stdin) if r["server"] == sys.argv[1]][0])' "$1"; }

setup_file() {
    load helper
    socket=$(address Redis) dsn=$(address PostgreSQL)
    export socket=${socket#unix:} dsn
    y -e 'sample load --channels 8 --days 40 --seed 3' >/dev/null
}

setup() { redis FLUSHALL >/dev/null; }
teardown() { rm -rf "$XDG_CONFIG_HOME/ytempire/queries/boards"; }

# NAME TEXT: a board of one's own
own() { mkdir -p "$XDG_CONFIG_HOME/ytempire/queries/boards" && printf '%s' "$2" >"$XDG_CONFIG_HOME/ytempire/queries/boards/$1.json"; }
# BOARD PANEL COLUMN [OPTION…]: one cell, of json
cell() {
    local board=$1 panel=$2 column=$3
    shift 3
    "$YTEMPIRE" --local --quiet --format json "$@" -e "board $board" </dev/null |
        python3 -c 'import json, sys; print([r[sys.argv[2]] for r in json.load(sys.stdin) if r["panel"] == sys.argv[1]][0])' "$panel" "$column"
}

@test "the shipped boards have values on a sample company, and no panel fails" {
    run tsv boards
    [ "$status" -eq 0 ]
    [ "$(cut -f1 <<<"$output" | tr '\n' ' ')" = "channel costs executive operations user " ]
    [ "$(awk -F'\t' '$4 == "t" { print $1 }' <<<"$output")" = executive ]
    for board in channel costs executive operations user; do
        run --separate-stderr tsv "board $board"
        [ "$status" -eq 0 ]
        ! grep -q failed <<<"$output"
    done
    for board in channel costs executive; do
        # every panel with figures has one (text has none, and of revenue and cost the last days are not known)
        run tsv "board $board"
        [ -z "$(awk -F'\t' '$2 != "text" && $1 !~ /Revenue and cost/ && $3 == "\\N"' <<<"$output")" ]
        [ -z "$(awk -F'\t' '$8 != "fresh"' <<<"$output")" ]
    done
}

@test "values are those of SQL by hand" {
    [ "$(cell channel Channels value)" = "$(csv "sql SELECT count(DISTINCT channel_id) FROM analytics.dim_channel WHERE is_current")" ]
    [ "$(cell executive 'Active channels' value)" = "$(csv "sql SELECT count(DISTINCT channel_id) FROM analytics.dim_channel WHERE is_current AND is_active")" ]
    [ "$(cell costs Cost value | python3 -c 'print(round(float(input()), 6))')" = "$(csv "sql SELECT round(sum(total_cost_cents) / 100, 6) FROM analytics.fact_costs WHERE cost_timestamp >= date_trunc('day', now()) - interval '30 days' AND cost_timestamp < date_trunc('day', now())" | python3 -c 'print(round(float(input()), 6))')" ]
}

@test "a warmed key is shown with its age, and one that a load has touched is stale" {
    [ "$(cell executive 'Active channels' source)" = facts ]
    y -e 'cache warm executive_dashboard' >/dev/null
    [ "$(cell executive 'Active channels' source)" = redis ]
    [ "$(cell executive 'Active channels' state)" = fresh ]
    python3 -c 'import sys; assert 0 <= float(sys.argv[1]) < 100' "$(cell executive 'Active channels' age_seconds)"
    y -e 'set write on' -e "sql UPDATE analytics.dim_channel SET niche = niche WHERE is_current" >/dev/null
    [ "$(cell executive 'Active channels' state)" = stale ]
    [ "$(cell executive 'Active channels' error)" = 'what it was read from has changed since' ]
    y -e 'cache warm executive_dashboard' >/dev/null
    [ "$(cell executive 'Active channels' state)" = fresh ]
}

@test "without Redis all values come from PostgreSQL, and say so" {
    run --separate-stderr "$YTEMPIRE" --quiet --dsn "$dsn" --redis unix:/nowhere/redis.sock --format tsv --no-header -e 'board executive' </dev/null
    [ "$status" -eq 0 ]
    [ "$(cut -f7 <<<"$output" | sort -u)" = facts ]
    [ "$(cut -f8 <<<"$output" | sort -u)" = fresh ]
    run "$YTEMPIRE" --dsn "$dsn" --redis unix:/nowhere/redis.sock -e 'board executive --plain' </dev/null
    [[ $output == *"warning: nothing is cached:"*"Active channels: 8; 0 s old, from facts."* || $output == *"Active channels: 8; "*" s old, from facts."* ]]
}

@test "without PostgreSQL what is cached is shown" {
    y -e 'cache warm executive_dashboard' -e 'board executive' >/dev/null
    "$YTEMPIRE" --dsn "$dsn" --redis "unix:$socket" -e 'videos' -e 'board executive' </dev/null >/dev/null
    run --separate-stderr "$YTEMPIRE" --dsn "$dsn port=1" --redis "unix:$socket" --format tsv --no-header -e 'board executive' </dev/null
    [ "$status" -eq 4 ]         # another way is another place: only what needs no place is known
    [ "$(awk -F'\t' '$1 == "Active channels" { print $7, $8 }' <<<"$output")" = "redis fresh" ]
    [ "$(awk -F'\t' '$1 == "Top channels" { print $8 }' <<<"$output")" = failed ]
}

@test "a panel whose query is broken shows its error and harms no other" {
    own mine '{"name": "mine", "panels": [
        {"kind": "stat", "title": "Good", "query": "videos"},
        {"kind": "stat", "title": "Bad", "query": "vidoes by channel"},
        {"kind": "stat", "title": "Key", "key": "analytics:nobody:makes"},
        {"kind": "jobs", "title": "Write", "command": "migrate up"},
        {"kind": "table", "title": "Too", "command": "channels by niche"}]}'
    run --separate-stderr tsv 'board mine'
    [ "$status" -eq 4 ]
    [ "$(cut -f1,8 <<<"$output" | tr '\t\n' '= ')" = "Good=fresh Bad=failed Key=missing Write=failed Too=fresh " ]
    [[ $output == *"unknown measure 'vidoes'"*"no warm set makes the key"*"'migrate up' is no command for a panel"* ]]
    [[ $stderr == *"2 of 5 panels failed: unknown measure 'vidoes'"* ]]
    # when all do, the code is their own
    own mine '{"name": "mine", "panels": [{"kind": "stat", "title": "Bad", "query": "vidoes"}]}'
    run y -e 'board mine'
    [ "$status" -eq 2 ]
}

@test "lint looks into boards, with the place" {
    own mine '{"name": "mine", "panels": [
{"kind": "stat", "title": "a", "query": "vidoes"},
{"kind": "stat", "title": "b", "key": "analytics:nobody:makes"},
{"kind": "jobs", "title": "c", "command": "migrate up"},
{"kind": "stat", "title": "d", "query": "videos", "value": "vids"},
{"kind": "stat", "title": "e", "query": "videos", "alert": {"when": "vids > 3"}},
{"kind": "stat", "title": "f", "query": "videos"}]}'
    run --separate-stderr tsv lint
    [ "$status" -eq 1 ]
    [[ $output == *"mine.json:2:41	unknown measure 'vidoes'"* ]]
    [[ $output == *"mine.json:3:39	no warm set makes the key 'analytics:nobody:makes'"* ]]
    [[ $output == *"mine.json:4:43	'migrate up' is no command for a panel"* ]]
    [[ $output == *"mine.json:5:41	the answer has no column 'vids'"* ]]
    [[ $output == *"mine.json:6:69	the result has no column 'vids'"* ]]
    [[ $output != *"mine.json:7"* ]]
    own broken '{"name": "broken", "panels": [{"kind": "stat"}]}'
    run --separate-stderr tsv lint
    [[ $output == *"broken.json:1:31	a broken board: 'title' is missing"* ]]
    run tsv boards
    [[ $output == *"broken	"*"broken.json:1:31: a broken board: 'title' is missing"* ]]
    run y -e 'board broken'
    [ "$status" -eq 2 ]
    run y -e 'board exekutive'
    [ "$status" -eq 2 ]
    [[ $output == *"did you mean 'executive'?"* ]]
}

@test "twenty-four panels are one round trip of Redis" {
    panels=$(for i in $(seq 1 20); do printf '{"kind": "stat", "title": "p%s", "query": "views_gained by day last %s days", "history": "videos by day last 9 days"},' "$i" "$i"; done)
    own many '{"name": "many", "panels": ['"$panels"'
        {"kind": "stat", "title": "k1", "key": "analytics:executive:active_channels"},
        {"kind": "stat", "title": "k2", "key": "analytics:executive:daily_revenue"},
        {"kind": "stat", "title": "k3", "key": "analytics:executive:total_videos"},
        {"kind": "stat", "title": "k4", "key": "analytics:executive:avg_engagement"}]}'
    y -e 'cache warm executive_dashboard' -e 'board many' >/dev/null
    redis CONFIG RESETSTAT >/dev/null
    run tsv 'board many'
    [ "$(cut -f7 <<<"$output" | sort -u)" = redis ]
    [ "$(redis INFO commandstats | tr -d '\r' | sed -n 's/^cmdstat_eval:calls=\([0-9]*\),.*/\1/p')" = 1 ]
    # nothing else was sent: what else there is was done by the script itself
    [ -z "$(redis INFO commandstats | tr -d '\r' | grep -oE '^cmdstat_(evalsha|scan|subscribe|publish)')" ]
}

@test "a tenant sees its own rows, and nothing that is of all" {
    user=$(csv "sql SELECT u.email FROM analytics.fact_revenue AS r JOIN analytics.dim_user AS u USING (user_key) GROUP BY 1 ORDER BY sum(total_revenue_cents) DESC LIMIT 1")
    y -e 'cache warm' >/dev/null
    run tsv "board executive --user '$user'"
    [ "$(awk -F'\t' '$1 == "Active channels" { print $8, $9 }' <<<"$output")" = "hidden it is of all users" ]
    [ "$(awk -F'\t' '$1 == "Views gained, by day" { print $8 }' <<<"$output")" = fresh ]
    [ "$(tsv "board user --user '$user'" | awk -F'\t' '$1 == "All revenue of 30 days" { print $7, $8 }')" = "redis fresh" ]
    [ "$(tsv 'board user' | awk -F'\t' '$1 == "All revenue of 30 days" { print $8 }')" = hidden ]
    run y -e "board user --user nobody@example.com"
    [ "$status" -eq 2 ]
    [[ $output == *"no account 'nobody@example.com'"* ]]
}

@test "the time of a board can be another" {
    [ "$(tsv "board channel --range 'last 7 days'" | awk -F'\t' '$1 == "Views, by day" { print $14 }')" = 7 ]
    [ "$(tsv "board channel" | awk -F'\t' '$1 == "Views, by day" { print $14 }')" = 30 ]
    run y -e "board channel --range 'last moon'"
    [ "$status" -eq 2 ]
}

@test "a board is put on a page as text, markdown and svg" {
    y -e 'cache warm executive_dashboard' >/dev/null
    run --separate-stderr y -e 'board snapshot executive -'
    [ "$status" -eq 0 ]
    [[ ${lines[0]} == "Executive, last 30 days, all users, 20"* ]]
    [[ $output == *"┌ Active channels ─"*"│             8 "*"┌ Views gained, by day ─"*"Top channels"* ]]
    [ -z "$(awk 'NR > 1' <<<"$output" | python3 -c 'import sys; [print(l) for l in sys.stdin if len(l.rstrip("\n")) > 120]')" ]
    run y --ascii -e 'board snapshot executive -'
    [ -z "$(grep -E '┌|│|─' <<<"$output")" ]
    y -e "board snapshot executive '$BATS_TEST_TMPDIR/e.svg'" >/dev/null
    python3 -c 'import sys, xml.dom.minidom as m; t = m.parse(sys.argv[1]); assert len(t.getElementsByTagName("text")) > 50' "$BATS_TEST_TMPDIR/e.svg"
    y -e "board snapshot costs '$BATS_TEST_TMPDIR/c.md' --range 'last 7 days'" >/dev/null
    grep -q '^# Costs$' "$BATS_TEST_TMPDIR/c.md"
    grep -q '^Costs, last 7 days, all users, ' "$BATS_TEST_TMPDIR/c.md"
    grep -q '^| cost.*_category | total.*_cost |' "$BATS_TEST_TMPDIR/c.md"
    run y -e 'board snapshot executive --as pdf -'
    [ "$status" -eq 2 ]
}

@test "one slow panel does not hold the others, and is told" {
    own mine '{"name": "mine", "panels": [
        {"kind": "stat", "title": "Slow", "command": "sql SELECT 1 AS x FROM pg_sleep(600)"},
        {"kind": "stat", "title": "Quick", "command": "sql SELECT 7 AS x"},
        {"kind": "stat", "title": "Asked", "query": "videos"}]}'
    run --separate-stderr tsv 'board mine'
    [ "$status" -eq 4 ]
    [ "$(cut -f1,3,8 <<<"$output" | tr '\t\n' '= ')" = "Slow=\N=failed Quick=7=fresh Asked=$(csv 'videos')=fresh " ]
    [[ $output == *"it took longer than 10 s, and was stopped"* ]]
}

@test "events on the time axes are listed, with what shows more" {
    local days="sql SELECT day, 7 AS n FROM generate_series(now() - interval '3 days', now(), interval '1 day') AS day"
    own mine "{\"name\": \"mine\", \"panels\": [{\"kind\": \"line\", \"title\": \"Sevens\", \"command\": \"$days\", \"events\": [\"job_failed\"]}]}"
    job=$(tsv "set write on; sql INSERT INTO ops.jobs (kind, command, state, error, finished_at) VALUES
        ('sql', 'videos', 'discarded', 'the moon is full', now() - interval '1 day'),
        ('sql', 'videos', 'discarded', 'long ago', now() - interval '30 days') RETURNING id" | head -n 1)
    run --separate-stderr tsv 'board events mine'
    echo "$output"
    [ "${#lines[@]}" -eq 1 ]
    [[ $output == *"	job_failed	job $job (sql) failed: the moon is full	job show $job" ]]
    run y -e 'board events nowhere'
    [ "$status" -eq 2 ]
}

@test "lint tells of a board whose name is a command's, and cannot be opened by it" {
    own edit '{"name": "edit", "panels": [{"kind": "text", "title": "Note", "text": "here"}]}'
    own edits '{"name": "edits", "panels": [{"kind": "text", "title": "Note", "text": "here"}]}'
    run tsv lint
    echo "$output"
    [ "$status" -eq 0 ]
    [ "$(grep -c "is a command" <<<"$output")" -eq 1 ]
    [[ $output == *"warning	$XDG_CONFIG_HOME/ytempire/queries/boards/edit.json	'board edit' is a command: "*"'screen boards edit'"* ]]
}

@test "an alert that cannot be judged is not quiet, and a sentence is one line" {
    own odd '{"name": "odd", "panels": [{"kind": "stat", "title": "One", "command": "sql SELECT 1 AS n", "alert": {"when": "m > 3"}},
        {"kind": "text", "title": "Note", "text": ["Remember", "the milk"]}]}'
    [ "$(tsv 'board odd' | awk -F'\t' '$1 == "One" { print $13 }')" = unknown ]
    run -0 yt --exec 'board --plain odd'
    [[ $output == *'Note: Remember the milk.'* ]]
}
