# The private servers' own commands. Servers of their own where they are stopped or deleted.
load helper

own_servers() {
  own=$(mktemp -d /tmp/ytempire-test.XXXXXX)
  chmod 755 "$own"
  mkdir -m 755 "$own/data"
  export XDG_DATA_HOME=$own/data
}

setup() { own=; }
teardown() {
  [ -n "$own" ] || return 0
  yt --yes --exec 'local reset' >/dev/null 2>&1
  rm -rf "$own"
}

@test "local status starts nothing, and says so" {
  own_servers
  [ "$(yt --format csv --exec 'local status' | cut -d, -f1,2)" = "$(printf 'server,state\nPostgreSQL,absent\nRedis,absent\nworker,down')" ]
  [ ! -e "$own/data/ytempire/local/postgresql" ]
}

@test "up, a question, down, a question: the data stays" {
  own_servers
  run -0 --separate-stderr yt --format csv --no-header --exec 'local up'
  [[ "${lines[0]}" == PostgreSQL,up,* ]]
  [[ "${lines[1]}" == Redis,up,* ]]
  run -0 --separate-stderr yt --format csv --no-header --exec 'set write on; sql CREATE TABLE public.kept AS SELECT 42 AS n; local down; sql SELECT n FROM public.kept'
  [[ "$output" == *PostgreSQL,down,* ]]
  [ "${lines[-1]}" = 42 ]
}

@test "local reset asks, deletes, and the next question finds an empty warehouse" {
  own_servers
  csv 'sql SELECT 1' >/dev/null
  run -2 --separate-stderr yt --exec 'local reset'
  [[ "$stderr" == *'--yes'* ]]
  run -0 --separate-stderr yt --format csv --no-header --exec 'local reset --yes'
  [[ "${lines[0]}" == PostgreSQL,absent,* ]]
  [ "$(csv 'sql SELECT count(*) FROM analytics.dim_video')" = 0 ]
}

@test "a migration that fails on the way to a question is told as one" {
  own_servers
  mkdir "$own/program"
  cp -r "$BATS_TEST_DIRNAME/../../sql" "$BATS_TEST_DIRNAME/../../queries" "$own/program"
  printf -- '-- migrate:up\nCREATE TABLE analytics.dim_video ();\n' >"$own/program/sql/migrations/0099_broken.sql"
  YTEMPIRE_DATADIR=$own/program run -1 --separate-stderr yt --quiet --exec 'sql SELECT 1'
  [[ "$stderr" == 'error: 0099_broken.sql:2:'*": the private database cannot be brought to this version's schema: relation \"dim_video\" already exists"* ]]
}

@test "what is undone in the private database is applied again, and that is said" {
  own_servers
  run -0 --separate-stderr yt --quiet --exec 'migrate down --yes'
  run -0 --separate-stderr yt --format csv --no-header --exec 'migrate down --yes'
  [[ "$output" == 1,* && "$stderr" == *'the next program that opens the private database applies them again'* ]]
  [ "$(csv 'migrate status' | grep -c pending)" = 0 ]
}

@test "status is also there for a session that works elsewhere" {
  run -0 --separate-stderr "$YTEMPIRE" --format csv --exec 'local status' 'postgresql://nowhere.invalid/db'
  [[ "${lines[1]}" == PostgreSQL,up,* ]]
}

@test "the sockets are closed to others, and there is no port" {
  csv 'sql SELECT 1' >/dev/null
  place=$(readlink -f "$XDG_DATA_HOME/ytempire/local")
  [ "$(stat -c %a "$place/run")" = 700 ]
  [ -z "$(csv 'sql SHOW listen_addresses' | tr -d '"')" ]
}
