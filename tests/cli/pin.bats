# pin, pins, lint --tests: queries kept with their answers, asked again.
load helper

pins=$XDG_CONFIG_HOME/ytempire/queries/model/pins
setup() { rm -rf "$pins"; }
teardown() { rm -rf "$pins"; }

# A table of the test's own, so that no other test's data matter.
own_model() {
  model=$BATS_TEST_TMPDIR/model
  mkdir -p "$model"
  printf '%s' '{"cubes": [{"name": "Sales", "sql_table": "public.pinned_sales", "measures": {"sold": {"sql": "sold", "type": "sum"}}, "dimensions": {"shop": {"sql": "shop", "type": "string"}, "at": {"sql": "at", "type": "time"}}}]}' >"$model/sales.json"
  yt --quiet --exec "set write on; sql DROP TABLE IF EXISTS public.pinned_sales; sql CREATE TABLE public.pinned_sales (shop text, at timestamptz, sold numeric)
sql INSERT INTO public.pinned_sales VALUES ('north', '2026-03-01 12:00Z', 1.50), ('north', '2026-03-02 12:00Z', 2), ('south', '2026-03-02 13:00Z', 7), (NULL, '2026-03-03 12:00Z', 1)" >/dev/null
}
on_model() { yt --model "$model" "$@"; }
change() { yt --quiet --exec "set write on; sql $1" >/dev/null; }

@test "a query is pinned with its range, zone and answer, to be read in a diff" {
  own_model
  run -0 on_model --exec 'pin march sold by shop, day for 2026-03 tz America/Los_Angeles'
  [[ "$output" == *"'march' is pinned, 4 rows, in $model/pins/march.json" ]]
  run -0 cat "$model/pins/march.json"
  [[ "$output" == *'"query": "sold by shop, day for 2026-03-01..2026-03-31 tz America/Los_Angeles"'* ]]
  [[ "$output" == *$'\n    ["north", "2026-03-01T00:00:00-08:00", "1.50"],\n'* ]]
  [[ "$output" == *$'\n    [null, "2026-03-03T00:00:00-08:00", "1"]\n'* ]]
  python3 -m json.tool "$model/pins/march.json" >/dev/null
  run -0 --separate-stderr on_model --format csv --exec pins
  [ "${lines[0]}" = name,query,rows,pinned_at,file ]
  [[ "${lines[1]}" == 'march,"sold by shop, day for 2026-03-01..2026-03-31 tz America/Los_Angeles",4,'* ]]
}

@test "lint --tests is quiet while pins hold, and tells cells, rows and columns that differ" {
  own_model
  on_model --quiet --exec 'pin march sold by shop for 2026-03; pin all sold'
  run -0 --separate-stderr on_model --format csv --exec 'lint --tests'
  [[ "$stderr" == *'2 of 2 pins hold'* ]]
  [[ "$output" != *pin* ]]
  change "UPDATE public.pinned_sales SET sold = 8 WHERE shop = 'south'"
  change "UPDATE public.pinned_sales SET shop = 'west' WHERE shop IS NULL"
  run -1 --separate-stderr on_model --format csv --exec 'lint --tests'
  [[ "$stderr" == *'0 of 2 pins hold'* ]]
  [[ "$output" == *'error,pin march,"sold at shop = south: expected 7, got 8"'* ]]
  [[ "$output" == *'error,pin march,"shop = NULL: expected, and not there"'* ]]
  [[ "$output" == *'error,pin march,shop = west: not expected'* ]]
  [[ "$output" == *'error,pin all,"sold at row 1: expected 11.50, got 12.50"'* ]]
  run -0 on_model --exec lint
}

@test "a change of the model is told: another sum, and a measure that is no more" {
  own_model
  on_model --quiet --exec 'pin march sold by shop for 2026-03'
  sed -i 's/"type": "sum"/"type": "max"/' "$model/sales.json"
  run -1 --separate-stderr on_model --format csv --exec 'lint --tests'
  [[ "$output" == *'error,pin march,"sold at shop = north: expected 3.50, got 2"'* ]]
  sed -i 's/"sold": {/"gone": {/' "$model/sales.json"
  run -1 --separate-stderr on_model --format csv --exec 'lint --tests'
  [[ "$output" == *"error,pin march,"*"unknown measure 'sold'"* ]]
}

@test "a relative range does not drift with the clock, a query of all time is told" {
  own_model
  change "INSERT INTO public.pinned_sales VALUES ('east', now() - interval '1 day', 5)"
  run -0 on_model --exec 'pin lately sold by shop last 7 days'
  [[ "$output" != *'no end'* ]]
  [[ "$(cat "$model/pins/lately.json")" == *'"query": "sold by shop for 20'*'..20'*' tz UTC"'*'"asked": "sold by shop for last 7 days"'* ]]
  run -0 on_model --exec 'pin ever sold'
  [[ "$output" == *'its range has no end: what is loaded later changes the answer' ]]
}

@test "Cube's JSON is pinned as it is, and no order is no order" {
  own_model
  on_model --quiet --exec 'pin cube {"measures": ["Sales.sold"], "dimensions": ["Sales.shop"], "order": []}'
  [[ "$(cat "$model/pins/cube.json")" == *'"query": {"measures":["Sales.sold"],"dimensions":["Sales.shop"],"order":[],'* ]]
  run -0 on_model --exec 'lint --tests'
}

@test "another answer takes its place only when asked to" {
  own_model
  on_model --quiet --exec 'pin march sold by shop for 2026-03'
  run -0 on_model --exec 'pin update'
  [[ "$output" == *'nothing differs'* ]]
  change "UPDATE public.pinned_sales SET sold = 8 WHERE shop = 'south'"
  before=$(cat "$model/pins/march.json")
  run -2 on_model --exec 'pin update'
  [[ "$output" == *"1 difference, in 'march' (1)"* ]]
  [ "$(cat "$model/pins/march.json")" = "$before" ]
  run -0 on_model --exec 'pin update --yes march'
  [ "$(diff <(echo "$before") "$model/pins/march.json" | grep -c '^>')" -eq 1 ]
  run -0 on_model --exec 'lint --tests'
  run -2 on_model --exec 'pin march sold'
  [[ "$output" == *"'march' pins: sold by shop for 2026-03"*'--yes'* ]]
  run -0 on_model --exec 'pin --yes march sold'
  run -2 on_model --exec 'pin remove march'
  run -0 on_model --exec 'pin remove --yes march; pins'
  run -2 on_model --exec 'pin update march'
  [[ "$output" == *"unknown pin 'march'"* ]]
}

@test "a broken pin is told with its place and harms no other" {
  own_model
  on_model --quiet --exec 'pin march sold by shop for 2026-03'
  printf '{\n  "query": 3\n}\n' >"$model/pins/bad.json"
  run -1 --separate-stderr on_model --format csv --exec 'lint --tests'
  [[ "$stderr" == *'1 of 2 pins hold'* ]]
  [[ "$output" == *"pins/bad.json:2:12: a broken pin: 'query' is a text"* ]]
  run -0 --separate-stderr on_model --format csv --no-header --exec pins
  [ "${lines[0]}" = bad,,,, ]
}

@test "what is one account's is not compared with what all have" {
  own_model
  on_model --quiet --exec 'pin march sold for 2026-03'
  sed -i 's/"clock"/"as_user": "ann@x.invalid",\n  "clock"/' "$model/pins/march.json"
  run -1 --separate-stderr on_model --format csv --exec 'lint --tests'
  [[ "$output" == *"the pin 'march' is of what ann@x.invalid sees"* ]]
}

@test "pins of the installed model are the person's own; without a database no test passes" {
  yt --quiet --exec 'pin none videos for 1999-01'
  [ -e "$pins/none.json" ]
  run -0 yt --exec 'lint --tests'
  run -3 "$YTEMPIRE" --exec 'lint --tests' 'host=/nowhere'
  run -0 "$YTEMPIRE" --exec 'lint' 'host=/nowhere'
}
