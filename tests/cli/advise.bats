# The log of queries, and the rollups that it speaks for.

load helper

y() { yt --quiet "$@"; }

setup_file() {
    load helper
    yt --quiet -e 'sample load --channels 6 --days 60 --seed 5' -e 'set write on' -e 'sql DELETE FROM ops.query_log' >/dev/null
}

logged() { csv "sql SELECT $1 FROM ops.query_log"; }

@test "questions are noted without the values they test, and counted" {
    y -e "revenue by month where niche = Gaming" -e "revenue by month where niche = 'Se''cret'" \
        -e "revenue by month where niche in (Gaming, Music)" -e "impressions by channel where channel_id != :id having impressions > 12" --var id=hidden >/dev/null
    [ "$(logged 'max(asked)')" = 3 ]
    [ "$(logged "count(*) FILTER (WHERE line LIKE '%Gaming%' OR line ILIKE '%secret%' OR line LIKE '%hidden%' OR line LIKE '%:id%' OR line LIKE '%12%')")" = 0 ]
    [ "$(logged 'count(*)')" = 2 ]
}

@test "what a tenant asks is not noted, and nothing with the setting off" {
    before=$(logged 'sum(asked)')
    user=$(y --format tsv --no-header -e 'sql SELECT user_id FROM analytics.dim_user WHERE is_current ORDER BY user_key LIMIT 1')
    y --as-user "$user" -e 'revenue by week' >/dev/null
    y -e 'set write on' -e "sql INSERT INTO ops.settings (name, value) VALUES ('query_log', 'off')" >/dev/null
    y -e 'revenue by week' >/dev/null
    y -e 'set write on' -e "sql DELETE FROM ops.settings WHERE name = 'query_log'" >/dev/null
    [ "$(logged 'sum(asked)')" = "$before" ]
}

@test "for a note no connection is made anew" {
    run y -e 'snapshots by quarter' -e 'sql SELECT pg_terminate_backend(pg_backend_pid())'
    [ "$status" -ne 0 ]
    [ "$(logged "count(*) FILTER (WHERE line LIKE 'snapshots by quarter%')")" = 0 ]
}

@test "rollups are proposed for what was asked, and answer it when they are declared" {
    y -e 'revenue by category, week' -e 'impressions by category' -e 'total_cost by cost_category, month' \
        -e 'videos by category' -e 'total_views by channel, day' >/dev/null
    run --separate-stderr -0 yt --format json -e 'rollup advise'
    [[ $stderr == *"answered by rollups that are declared"* ]]
    [[ $stderr == *"could be answered by no rollup"* ]]
    model=$BATS_TEST_TMPDIR/model
    mkdir "$model"
    cp "$BATS_TEST_DIRNAME"/../../queries/model/*.json "$model"
    python3 - "$output" "$model" <<'EOP'
import json, sys
rows = json.loads(sys.argv[1])
files = {"VideoPerformance": "video_performance.json", "Costs": "costs.json"}
for row in rows:
    assert row["queries"] >= 1 and row["rows"] > 0 and row["bytes"] > row["rows"], row
    assert float(row["saved_seconds"]) <= float(row["seconds"]), row
    path = sys.argv[2] + "/" + files[row["cube"]]
    text = json.load(open(path))
    text["cubes"][0].setdefault("pre_aggregations", {}).update(json.loads(row["declaration"]))
    json.dump(text, open(path, "w"))
assert {row["cube"] for row in rows} == set(files), rows
EOP
    run -0 y --model "$model" --format tsv -e 'rollup refresh'
    run -0 y --model "$model" -e 'rollup check'
    for question in 'revenue by category, week' 'impressions by category' 'total_cost by cost_category, month' 'revenue by month where niche = Music'; do
        run -0 y --model "$model" --format tsv -e "explain $question"
        [[ $output != *"source	facts"* ]] || { echo "$question: $output"; false; }
        [ "$(y --model "$model" --format csv -e "$question")" = "$(y --format csv -e "$question")" ]
    done
    run -0 --separate-stderr yt --model "$model" --format csv --no-header -e 'rollup advise'
    [ -z "$output" ]
}

@test "of one cube, of one rollup, of none that is there" {
    run -0 --separate-stderr yt --format json -e 'rollup advise Costs'
    [[ $output == *cost_category* && $output != *VideoPerformance* ]]
    run -0 --separate-stderr yt --format json -e 'rollup advise daily_rollup'
    [[ $output == *'"name": "daily_rollup"'* || $output == *'"name":"daily_rollup"'* ]]
    [[ $output == *category* ]]
    run -2 yt -e 'rollup advise nothing'
    [[ $output == *"no rollup and no cube 'nothing'"* ]]
}

@test "for facts that are all gone nothing is proposed" {
    y -e 'total_cost by cost_category, month' -e 'set write on' -e 'sql DELETE FROM analytics.fact_costs' >/dev/null
    run -0 --separate-stderr yt --format json -e 'rollup advise Costs'
    [[ $output != *nan* && $output != *cost_category* ]] || { echo "$output"; false; }
}

@test "notes inside a transaction do not pile up" {
    {
        printf '%s\n' 'set write on' 'sql BEGIN'
        for ((i = 0; i < 250; i++)); do echo 'snapshots by year'; done
        echo 'sql COMMIT'
    } >"$BATS_TEST_TMPDIR/lines"
    yt_lines() { "$YTEMPIRE" --local --quiet --format csv <"$BATS_TEST_TMPDIR/lines"; }
    run -0 yt_lines
    asked=$(logged "coalesce(sum(asked) FILTER (WHERE line LIKE 'snapshots by year%'), 0)")
    [ "$asked" -gt 0 ] && [ "$asked" -lt 200 ] || { echo "$asked"; false; }
}
