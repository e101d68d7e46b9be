# export: the answer to a query as a file.
load helper

setup() { cd "$BATS_TEST_TMPDIR"; }

need_sample() {
  [ "$(csv 'sql SELECT count(*) > 0 FROM analytics.fact_channel_daily')" = t ] || yt --quiet --exec 'sample load --channels 12 --days 40 --seed 7' >/dev/null
}

@test "the ending says the format, and formats for programs are what --format writes" {
  need_sample
  question='revenue, total_views by channel top 3'
  for format in csv tsv json ndjson; do
    run -0 --separate-stderr yt --format csv --exec "export $BATS_TEST_TMPDIR/a.$format $question"
    [ "${lines[0]}" = file,format,exported_rows,bytes ]
    [ "${lines[1]}" = "$BATS_TEST_TMPDIR/a.$format,$format,3,$(stat -c %s "a.$format")" ]
    [ "$(cat "a.$format")" = "$(yt --format $format --exec "$question")" ]
  done
  yt --exec "export $BATS_TEST_TMPDIR/a.md $question"
  [ "$(head -n 1 a.md)" = '| channel | revenue | total_views |' ]
  yt --exec "export $BATS_TEST_TMPDIR/a.HTML $question"
  grep -q '^<!DOCTYPE html>$' a.HTML
  grep -q "^<figcaption><strong>$question</strong><br>3 rows · all time · UTC · total_views: last per video" a.HTML
}

@test "xlsx: numbers, times in the query's zone, text that is no formula, and what the numbers mean" {
  need_sample
  yt --exec "export $BATS_TEST_TMPDIR/a.xlsx views_gained, revenue by day, channel last 10 days tz Asia/Tokyo"
  python3 - <<'PY'
import re, zipfile
book = zipfile.ZipFile("a.xlsx")
assert book.testzip() is None
sheet = book.read("xl/worksheets/sheet1.xml").decode()
assert re.search(r'<row r="1"><c r="A1" s="1" t="inlineStr"><is><t xml:space="preserve">day</t></is></c>', sheet), sheet
rows = re.findall(r'<row r="\d+">.*?</row>', sheet)[1:]
whole = re.compile(r'<c r="A(\d+)" s="3"><v>\d{5}</v></c><c r="B\1" t="inlineStr">.*<c r="C\1"( s="\d")?><v>-?\d+</v></c>'
                   r'<c r="D\1" s="\d"><v>[\d.]+</v></c>')
assert any(whole.search(row) for row in rows), sheet     # the last days have no revenue yet
assert "<f>" not in sheet
about = book.read("xl/worksheets/about.xml").decode()
assert "Asia/Tokyo" in about and "(10 days)" in about, about
assert "yyyy\\-mm\\-dd" in book.read("xl/styles.xml").decode()
PY
}

@test "a file that is there is asked about, and stays until the new one is whole" {
  need_sample
  echo old >a.csv
  chmod 640 a.csv
  run -2 yt --exec "export $BATS_TEST_TMPDIR/a.csv revenue by channel"
  [[ "$output" == *"is there already. Write over it?"*"--yes"* ]]
  [ "$(cat a.csv)" = old ]
  run -2 yt --exec "export --yes $BATS_TEST_TMPDIR/a.csv revnue by channel"
  [ "$(cat a.csv)" = old ]
  run -0 yt --exec "export --yes $BATS_TEST_TMPDIR/a.csv revenue by channel top 1"
  [ "$(wc -l <a.csv)" = 2 ]
  [ "$(stat -c %a a.csv)" = 640 ]
  ln -s a.csv link.csv
  run -0 yt --yes --exec "export $BATS_TEST_TMPDIR/link.csv revenue by channel top 2"
  [ -L link.csv ]
  [ "$(wc -l <a.csv)" = 3 ]
  [ "$(ls -A)" = $'a.csv\nlink.csv' ]
}

@test "what cannot be written is said, and nothing is left behind" {
  need_sample
  run -2 yt --exec "export $BATS_TEST_TMPDIR/a.pdf revenue by channel"
  [[ "$output" == *"no format for"*".xlsx"* ]]
  run -1 yt --exec "export $BATS_TEST_TMPDIR/none/a.csv revenue by channel"
  [[ "$output" == *"No such file or directory"* ]]
  mkfifo pipe.csv
  run -2 yt --exec "export --yes $BATS_TEST_TMPDIR/pipe.csv revenue by channel"
  [[ "$output" == *'is no ordinary file'* ]]
  for ending in csv xlsx; do      # the disk is full: a file may have 8 blocks
    run -1 bash -c 'ulimit -f 8; "$YTEMPIRE" --local --exec "$1" </dev/null' _ \
      "export $BATS_TEST_TMPDIR/big.$ending views_gained, revenue by day, channel"
    [[ "$output" == *"cannot write to $BATS_TEST_TMPDIR/big.$ending: File too large"* ]]
  done
  [ "$(ls -A)" = pipe.csv ]
}
