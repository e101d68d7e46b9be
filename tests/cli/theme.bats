# theme: the themes there are, and the one that is set.
load helper

@test "themes are listed, the current one is marked, one's own come first" {
  run -0 --separate-stderr yt --format csv --exec theme
  [ "${lines[0]}" = name,current,file ]
  [ "${#lines[@]}" -eq 6 ]
  [[ "${lines[2]}" == dark,t,*/themes/dark.json ]]
  mkdir -p "$XDG_CONFIG_HOME/ytempire/themes"
  echo '{"name": "light", "roles": {}}' >"$XDG_CONFIG_HOME/ytempire/themes/light.json"
  run -0 --separate-stderr yt --format csv --no-header --exec 'theme light; theme'
  [[ "$output" == *"light,t,$XDG_CONFIG_HOME/ytempire/themes/light.json"* ]]
  [[ "$output" == *dark,f,* ]]
  rm -r "$XDG_CONFIG_HOME/ytempire/themes"
}

@test "a theme that is none is told" {
  run -2 yt --exec 'theme drak'
  [[ "$output" == *"did you mean 'dark'?"* ]]
}
