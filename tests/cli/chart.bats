# chart: the answer to a query as a drawing.
load helper

need_sample() {
  [ "$(csv 'sql SELECT count(*) > 0 FROM analytics.fact_channel_daily')" = t ] || yt --quiet --exec 'sample load --channels 12 --days 40 --seed 7' >/dev/null
}

@test "lines over time, with a nice axis, labels and what the numbers mean" {
  need_sample
  run -0 --separate-stderr yt --exec 'chart --columns 60 views_gained by day last 30 days'
  [ "${lines[0]}" = 'views_gained by day for last 30 days' ]
  [[ "$output" == *' ┤'* ]]
  [[ "$output" == *'└┬'* ]]
  [[ "$output" == *20[0-9][0-9]-[0-9][0-9]-[0-9][0-9]* ]]
  [[ "${lines[-1]}" == *' rows · '*' days) · UTC · '* ]]
  [[ "$output" != *$'\033'* ]]
  for line in "${lines[@]:0:${#lines[@]}-1}"; do [ "${#line}" -le 60 ]; done
}

@test "bars, several measures, sparks and a heat map" {
  need_sample
  run -0 --separate-stderr yt --exec 'chart revenue, profit by channel top 5'
  [[ "$output" == *'revenue $'*'│'* ]]
  [[ "$output" == *'profit '*'$'* ]]
  run -0 --separate-stderr yt --exec 'chart --kind spark revenue, profit by day last 30 days'
  [[ "${lines[1]}" == revenue\ * ]]
  [[ "${lines[2]}" == profit\ * ]]
  run -0 --separate-stderr yt --exec 'chart --kind heat --rows 7 revenue by day, channel last 30 days'
  [[ "$output" == *'note: 4 of '*' values of channel'*' are drawn, the largest by revenue'* ]]
  [[ "$output" == *'░░'* ]]
}

@test "ASCII where asked or where the locale is not UTF-8, colour where asked" {
  need_sample
  run -0 --separate-stderr yt --ascii --quiet --exec 'chart revenue by day last 30 days'
  run ! grep -q '[^ -~]' <<<"$output"
  LC_ALL=C run -0 --separate-stderr yt --quiet --exec 'chart revenue by day last 30 days'
  run ! env LC_ALL=C grep -q '[^ -~]' <<<"$output"
  run -0 --separate-stderr yt --color always --exec 'chart revenue by day last 30 days'
  [[ "$output" == *$'\033[0;36m'* ]]
}

@test "in formats for programs the rows themselves are written" {
  need_sample
  question='revenue by channel top 3'
  for format in csv json; do
    [ "$(yt --format $format --exec "chart $question")" = "$(yt --format $format --exec "$question")" ]
  done
}

@test "what cannot be drawn is said, and no rows are no failure" {
  need_sample
  run -2 yt --exec 'chart --kind pie revenue by channel'
  [[ "$output" == *"--kind cannot be 'pie'"* ]]
  run -2 yt --exec 'chart --rows 0 revenue by channel'
  run -2 yt --exec 'chart revnue by channel'
  [[ "$output" == *"did you mean 'revenue'"* ]]
  run -0 --separate-stderr yt --exec "chart revenue by channel for 1999"
  [[ "${lines[0]}" == '0 rows · '* ]]
}
