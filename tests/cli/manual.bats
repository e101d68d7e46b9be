# What is made of the array of commands: the manual, the completion, help.
load helper

root=$BATS_TEST_DIRNAME/../..

@test "man/ytempire.1 is what the program writes" {
  "$YTEMPIRE" --help-man >"$BATS_TEST_TMPDIR/ytempire.1"
  diff -u "$root/man/ytempire.1" "$BATS_TEST_TMPDIR/ytempire.1" || { echo "./ytempire --help-man > man/ytempire.1"; false; }
}

@test "the manual is clean roff" {
  command -v mandoc >/dev/null || command -v groff >/dev/null || skip "neither mandoc nor groff is here"
  if command -v mandoc >/dev/null; then
    run -0 mandoc -Tlint "$root/man/ytempire.1"
    [ "$output" = '' ]
  fi
  if command -v groff >/dev/null; then
    run -0 groff -man -ww -z -Tutf8 "$root/man/ytempire.1"
    [ "$output" = '' ]
  fi
}

@test "the manual has what a manual has" {
  command -v man >/dev/null || skip "man is not here"
  run -0 bash -c 'MANWIDTH=100 LC_ALL=C.UTF-8 man -l "$1" </dev/null | col -b' _ "$root/man/ytempire.1"
  for section in NAME SYNOPSIS OPTIONS COMMANDS QUERIES 'EXIT STATUS' FILES ENVIRONMENT EXAMPLES; do
    [[ "$output" == *$'\n'"$section"$'\n'* ]] || { echo "no $section"; false; }
  done
}

@test "the completion of bash offers options, their values and commands" {
  "$YTEMPIRE" --help-completion >"$BATS_TEST_TMPDIR/completion"
  offers() { bash -c 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ytempire; printf "%s\n" "${COMPREPLY[@]}"' _ "$BATS_TEST_TMPDIR/completion" "$@"; }
  [ "$(offers ytempire --keep)" = --keep-going ]
  [ "$(offers ytempire --format js)" = json ]
  [ "$(offers ytempire --format = nd)" = ndjson ]
  [ "$(offers ytempire -e "'sample")" = 'sample load' ]
  [ "$(offers ytempire --exec sample)" = 'sample\ load' ]
}

@test "help: a page, a page of one command, a table for programs" {
  run -0 --separate-stderr yt --exec help
  [[ "$output" == *$'\nAsk\n'* ]]
  [[ "$output" == *$'\n  catalog '* ]]
  run -0 --separate-stderr yt --exec 'help sample load'
  [ "${lines[0]}" = 'Usage: sample load [--channels N] [--days N] [--seed N]' ]
  [ "$(yt --exec 'sample load --help')" = "$output" ]
  run -0 --separate-stderr yt --format csv --exec help
  [ "${lines[0]}" = command,group,usage,summary ]
  run -2 yt --exec 'help catalgo'
  [[ "$output" == *"did you mean 'catalog'?"* ]]
}

@test "options of the cache and the worker are told in help, manual, completion and settings" {
  run -0 bash -c '"$YTEMPIRE" --help; "$YTEMPIRE" --help-man; "$YTEMPIRE" --help-completion; "$YTEMPIRE" --local -e set'
  for name in worker no-cache refresh max-stale; do
    [ "$(grep -c -e "--$name" <<<"${output//\\-/-}")" -ge 3 ] || { echo "--$name"; false; }
  done
  [[ "$output" == *'│ theme'* && "$output" == *'│ max-stale'* && "$output" == *'│ format'* ]]
  run -0 yt --no-cache --refresh --max-stale 60 --theme light --exec 'sql SELECT 1'
}

@test "--help and --version need no server" {
  run -0 "$YTEMPIRE" --help
  [[ "$output" == Usage:* ]]
  run -0 "$YTEMPIRE" --version
  [[ "$output" == ytempire* ]]
}
