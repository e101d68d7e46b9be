# save, run, saved: queries kept by name, as plain files.
load helper

folder=$XDG_CONFIG_HOME/ytempire/queries/saved
setup() { rm -rf "$folder"; }
teardown() { rm -rf "$folder"; }

@test "a query is kept, listed, asked with its parameters, and changed afterwards" {
  need_trending
  run -0 yt --exec 'save of videos by category where category = :category'
  [[ "$output" == *"'of' is saved in $folder/of.query"* ]]
  [ "$(cat "$folder/of.query")" = 'videos by category where category = :category' ]
  run -0 --separate-stderr yt --format csv --exec saved
  [ "${lines[0]}" = name,query,parameters,saved_at,file ]
  [[ "${lines[1]}" == "of,videos by category where category = :category,category,20"*",$folder/of.query" ]]
  asked=$(csv "videos by category where category = 'Music'")
  [ -n "$asked" ]
  [ "$(csv 'run of category=Music')" = "$asked" ]
  [ "$(csv 'run of category=Music; -category' | tail -n 1)" = "${asked#Music,}" ]
  [ "$(yt --format csv --no-header --var category=Music --exec 'run of')" = "$asked" ]
}

@test "a value of a parameter is bound, whatever it holds" {
  need_trending
  yt --quiet --exec 'save of videos where channel_name = :name'
  run -0 --separate-stderr yt --format csv --no-header --exec "run of name='x\" or channel_name != \"'"
  [ "$output" = 0 ]
}

@test "parameters that are missing or unknown are told" {
  yt --quiet --exec 'save of videos where category = :category'
  run -2 yt --exec 'run of'
  [[ "$output" == *"needs a value for 'category'"*'^^^^^^^^^'*'hint: run of category=VALUE'* ]]
  run -2 yt --exec 'run of category=Music categry=x'
  [[ "$output" == *"has no parameter 'categry'"*"did you mean 'category'?"* ]]
  run -2 yt --exec 'run off'
  [[ "$output" == *"unknown saved query 'off'"*"did you mean 'of'?"* ]]
}

@test "what cannot be asked is not kept" {
  run -2 yt --exec 'save a total_vews'
  [[ "$output" == *"did you mean 'total_views'?"* ]]
  run -2 yt --exec 'save a videos by'
  run -2 yt --exec 'save a'
  [[ "$output" == *'no query to keep'* ]]
  run -2 yt --exec 'save ../a videos'
  [[ "$output" == *"cannot be the name of a saved query"* ]]
  [ ! -e "$folder" ] || [ -z "$(ls -A "$folder")" ]
}

@test "without a query the last one is kept, an edit as the whole it comes to" {
  need_trending
  yt --quiet --exec $'videos by category\ntop 2\nsave two\nsave one top 1' >/dev/null
  [ "$(cat "$folder/two.query")" = 'videos by category top 2' ]
  [ "$(cat "$folder/one.query")" = 'videos by category top 1' ]
}

@test "another query is put in its place only when asked to, and its comments stay" {
  mkdir -p "$folder"
  printf '# for the board\nvideos\n' >"$folder/of.query"
  run -2 yt --exec 'save of videos by category'
  [[ "$output" == *'is saved as: videos'*'--yes'* ]]
  run -0 yt --exec 'save of videos'
  run -0 yt --exec 'save --yes of videos by category'
  [ "$(cat "$folder/of.query")" = $'# for the board\nvideos by category' ]
  [ "$(ls "$folder")" = of.query ]
  [ "$(yt --format csv --no-header --file "$folder/of.query" | wc -l)" -gt 1 ]
}

@test "a saved query is removed only when asked to" {
  yt --quiet --exec 'save of videos'
  run -2 yt --exec 'saved remove of'
  [ -e "$folder/of.query" ]
  run -0 yt --exec 'saved remove --yes of'
  [ ! -e "$folder/of.query" ]
  run -2 yt --exec 'saved remove --yes of'
  run -0 --separate-stderr yt --format csv --exec saved
  [ "${#lines[@]}" -eq 1 ]
}

@test "lint tells a saved query that can no longer be asked" {
  yt --quiet --exec 'save of videos where category = :category'
  run -0 yt --exec lint
  echo 'total_vews by category' >"$folder/worse.query"
  : >"$folder/empty.query"
  run -1 --separate-stderr yt --format csv --exec lint
  [[ "$output" == *"error,$folder/worse.query,the saved query 'worse': unknown measure 'total_vews'"* ]]
  [[ "$output" == *"the saved query 'empty' has no query in its file"* ]]
  [[ "$output" != *"'of'"* ]]
}

@test "the completion of bash knows their names" {
  yt --quiet --exec 'save of videos'
  "$YTEMPIRE" --help-completion >"$BATS_TEST_TMPDIR/completion"
  offers() { bash -c 'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ytempire; printf "%s\n" "${COMPREPLY[@]}"' _ "$BATS_TEST_TMPDIR/completion" "$@"; }
  [ "$(offers ytempire -e "'run o")" = 'run of' ]
  [ "$(offers ytempire -e "'saved remove ")" = 'saved remove of' ]
}
