# plot: the answer to a query as a picture, drawn by gnuplot.
load helper

setup() { cd "$BATS_TEST_TMPDIR"; command -v gnuplot >/dev/null || skip "gnuplot is not here"; }

need_sample() {
  [ "$(csv 'sql SELECT count(*) > 0 FROM analytics.fact_channel_daily')" = t ] || yt --quiet --exec 'sample load --channels 12 --days 40 --seed 7' >/dev/null
}

@test "png, svg and pdf, of every kind, and nothing else is left" {
  need_sample
  for kind in line bar spark heat; do
    run -0 --separate-stderr yt --format csv --exec "plot --kind $kind $BATS_TEST_TMPDIR/$kind.png views_gained, revenue by day, category last 30 days"
    [[ "${lines[1]}" == "$BATS_TEST_TMPDIR/$kind.png,png,"*",$(stat -c %s $kind.png)" ]]
    [ "$(head -c 8 $kind.png | od -An -tx1 | tr -d ' \n')" = 89504e470d0a1a0a ]
  done
  yt --exec "plot --size 640x480 $BATS_TEST_TMPDIR/a.svg revenue by channel top 5"
  grep -q 'width="640" height="480"' a.svg
  grep -q '</svg>' a.svg
  grep -q 'revenue by channel top 5' a.svg
  yt --exec "plot $BATS_TEST_TMPDIR/a.pdf views_gained by day last 30 days tz Asia/Tokyo"
  [ "$(head -c 5 a.pdf)" = %PDF- ]
  [ "$(ls -A | grep -v separate-stderr)" = $'a.pdf\na.svg\nbar.png\nheat.png\nline.png\nspark.png' ]
}

@test "days are those of the query's zone, and what the numbers mean is written below" {
  need_sample
  yt --exec "plot $BATS_TEST_TMPDIR/a.svg views_gained by day last 3 days tz Asia/Tokyo"
  first=$(yt --format csv --no-header --exec 'views_gained by day last 3 days tz Asia/Tokyo' | head -n 1 | cut -d, -f1)
  grep -q ">$first<" a.svg
  grep -q 'Asia/Tokyo' a.svg
}

@test "names that are meant for gnuplot's ears are drawn and nothing more" {
  need_sample
  evil="x\`touch pwned\`'"$'\n'"system \"touch pwned\""$'\n'"!touch pwned"
  yt --var "evil=$evil" --exec "set write on; sql UPDATE analytics.dim_channel SET channel_name = :evil WHERE channel_id = (SELECT min(channel_id) FROM analytics.dim_channel)"
  cp=$BATS_TEST_TMPDIR
  for kind in bar heat line; do
    run -0 yt --exec "plot --yes --kind $kind $cp/a.svg views_gained by day, channel last 5 days"
  done
  run -0 yt --exec "plot --yes $cp/a.png views_gained by channel"
  yt --exec "plot --yes $cp/a.svg views_gained by channel"
  grep -qF 'x`touch pwned`' a.svg
  [ ! -e pwned ]
  [ ! -e "$BATS_TEST_DIRNAME/../../pwned" ]
}

@test "what cannot be drawn is said, and no file is there" {
  need_sample
  run -2 yt --exec "plot $BATS_TEST_TMPDIR/a.gif revenue by channel"
  [[ "$output" == *"no kind of picture for"*".png, .svg, .pdf"* ]]
  run -2 yt --exec "plot --kind pie $BATS_TEST_TMPDIR/a.png revenue by channel"
  run -2 yt --exec "plot --size 9x9 $BATS_TEST_TMPDIR/a.png revenue by channel"
  run -2 yt --exec "plot $BATS_TEST_TMPDIR/a.png revenue by channel for 1999"
  [[ "$output" == *"no rows"* ]]
  run -2 yt --exec "plot - revenue by channel"
  [[ "$output" == *"shows no pictures (sixel)"*"chart QUERY"* ]]
  [ -z "$(ls -A)" ]
  echo old >a.png
  run -2 yt --exec "plot $BATS_TEST_TMPDIR/a.png revenue by channel"
  [[ "$output" == *'--yes'* && "$(cat a.png)" = old ]]
}

@test "without gnuplot, and with one that fails or hangs" {
  need_sample
  mkdir bin
  PATH=$BATS_TEST_TMPDIR/bin run -1 "$YTEMPIRE" --local --exec "plot $BATS_TEST_TMPDIR/a.png revenue by channel"
  [[ "$output" == *"gnuplot is not installed"*"gnuplot-nox"* ]]
  printf '#!/bin/sh\ncat >/dev/null\nprintf "line 7: \033]0;evil bad terminal\\n" >&2\n' >bin/gnuplot
  chmod +x bin/gnuplot
  PATH=$BATS_TEST_TMPDIR/bin:$PATH run -1 yt --exec "plot $BATS_TEST_TMPDIR/a.png revenue by channel"
  [[ "$output" == *'gnuplot did not draw it: line 7: \x1b]0;evil bad terminal'* ]]
  printf '#!/bin/sh\necho $$ >"%s/pid"\nexec sleep 1000\n' "$BATS_TEST_TMPDIR" >bin/gnuplot
  PATH=$BATS_TEST_TMPDIR/bin:$PATH run -124 yt --timeout 2 --exec "plot $BATS_TEST_TMPDIR/a.png revenue by channel"
  run ! kill -0 "$(cat pid)"
  [ ! -e a.png ]
}

@test "on a terminal that says so, sixel" {
  need_sample
  run -0 python3 - "$YTEMPIRE" <<'PY'
import os, pty, sys, time
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], [sys.argv[1], "--local", "--quiet", "--exec", "plot --size 300x200 - revenue by channel top 3"])
seen = b""
answered = False
while True:
    try:
        more = os.read(fd, 65536)
    except OSError:
        break
    if not more:
        break
    seen += more
    if b"\033[c" in seen and not answered:
        os.write(fd, b"\033[?62;4;6c")
        answered = True
assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0, seen[-300:]
assert answered and b"\033P" in seen and b"\033\\" in seen, seen[:300]
PY
}
