# contract.md, "Commands": where one ends, what is one, and psql's habits.
load helper

@test "commands end at semicolons and lines, and go on over indented lines" {
  run -0 --separate-stderr yt --format csv --no-header --exec $'sql SELECT 1; SELECT\n  2\n-- a comment\nSELECT $$;$$ -- and; one more\n'
  [ "$output" = $'1\n2\n;' ]
}

@test "an open quote is told with its line, and what stands before it is done" {
  run -2 --separate-stderr yt --format csv --no-header --exec $'sql SELECT 1\nsearch \'a\nb'
  [ "$output" = 1 ]
  [[ "$stderr" == *'the quote that opens in line 2 is never closed'* ]]
}

@test "a line that was meant as a command or as SQL is told" {
  run -2 yt --exec cata
  [[ "$output" == *"did you mean the command 'catalog'?"* ]]
  run -2 yt --exec 'sample lod'
  [[ "$output" == *"did you mean 'sample load'?"* ]]
  run -2 yt --exec 'INSERT INTO t VALUES (1)'
  [[ "$output" == *"plain SQL is written 'sql INSERT …'"* ]]
  run -2 yt --exec '\copy t'
  [[ "$output" == *'\timing'* ]]
}

@test "psql's habits" {
  printf 'SELECT 1 AS a;\n\\x\nSELECT 2 AS b;\n\\q\nSELECT 3 AS c\n' >"$BATS_TEST_TMPDIR/in.sql"
  run -0 --separate-stderr yt --exec "\\i $BATS_TEST_TMPDIR/in.sql; SELECT 4"
  [[ "$output" == *'RECORD 1'* ]]
  [[ "$output" == *'b │ 2'* ]]
  [[ "$output" != *3* ]]
  [[ "$output" != *4* ]]
  run -0 --separate-stderr yt --format csv --exec '\d VideoPerformance.total_views'
  [[ "${lines[1]}" == VideoPerformance,total_views,* ]]
}

@test "--expect is asked of results, not of commands that have none" {
  run -0 yt --expect 'rows = 1' --exec 'set tz UTC; SELECT 1; quit'
  run -5 yt --expect 'rows = 1' --exec 'set tz UTC; SELECT 1 WHERE false'
}

@test "csv passed through is what csv is otherwise" {
  statement="SELECT 1 AS a, 'x,\"y' AS a, NULL AS b, '' AS c, true AS d, '2026-01-31 12:00+00'::timestamptz AS e, '\\.' AS f"
  passed=$(yt --format csv --exec "$statement")
  written=$(yt --format csv --stats --exec "$statement" 2>/dev/null)
  [ "$passed" = "$written" ]
  [ "${passed%%$'\n'*}" = a,a_2,b,c,d,e,f ]
}

@test "rows without a column are told as what was done, in csv as in every format" {
  for options in --format=csv '--format=csv --stats'; do
    run -0 --separate-stderr yt $options --exec 'sql SELECT FROM generate_series(1, 3)'
    [ "$output" = $'command,rows\nSELECT,3' ]
  done
  run -0 --separate-stderr yt --format json --exec 'sql SELECT WHERE false'
  [[ "$output" == *'"SELECT"'*0* ]]
}

@test "a version that is none is refused before anybody is asked" {
  for command in 'migrate to x' 'migrate down x' 'migrate to 9999'; do
    run -2 yt --exec "$command"
    [[ "$output" != *Undo* ]]
  done
}
