# doctor: real failures, each in its row, and the rest looked at all the same.
load helper

setup() {
  yt --quiet --exec 'local up' >/dev/null
  address=$(csv 'local status' | awk -F, '$1 == "Redis" { print $5 }')
}

# The rows of a doctor's round, as csv; arguments are options of the program.
look() { "$YTEMPIRE" "$@" --format csv --no-header --exec doctor </dev/null; }
# The row of the last round's check $1.
row() { grep "^$1," <<<"$output"; }

@test "where all is well nothing is an error" {
  csv 'sql SELECT 1'
  run -0 --separate-stderr look --local
  [[ "$(row PostgreSQL)" == PostgreSQL,ok,* ]]
  [[ "$(row 'PostgreSQL version')" == *,ok,1* ]]
  [[ "$(row 'PostgreSQL connection')" == *',ok,unix socket,""' ]]
  [ "$(row encoding)" = 'encoding,ok,UTF8,""' ]
  [[ "$(row schema)" == schema,ok,*applied* ]]
  [[ "$(row 'may read')" == *',ok,"yes, all accounts",""' ]]
  [ "$(row 'may ingest')" = 'may ingest,ok,yes,""' ]
  [ "$(row 'may migrate')" = 'may migrate,ok,yes,""' ]
  [[ "$(row Redis)" == Redis,ok,* ]]
  [[ "$(row 'Redis memory')" == *',ok,"at most 256 MB, allkeys-lru",""' ]]
  [[ "$(row model)" == model,ok,* ]]
  # whatever is to be done, is said
  run -0 awk -F, '($2 == "warning" || $2 == "error") && $NF == "\"\""' <<<"$output"
  [ -z "$output" ]
}

@test "it answers in every format" {
  for format in table csv tsv json ndjson markdown html vertical cube; do
    run -0 --separate-stderr yt --format "$format" --exec doctor
    [[ "$output" == *encoding* ]]
  done
}

@test "without a server the rest is looked at" {
  run -1 --separate-stderr look --dsn 'host=/nowhere user=nobody' --redis redis://:s3cret@127.0.0.1:1
  [[ "$(row PostgreSQL)" == PostgreSQL,error,*'No such file'* ]]
  [[ "$(row schema)" == schema,skipped,* ]]
  [[ "$(row Redis)" == Redis,error,*127.0.0.1:1* ]]
  [[ "$(row model)" == model,ok,* ]]
  [[ "$(row history)" == history,* ]]
  [[ "$output$stderr" != *s3cret* ]]
}

@test "a password that Redis refuses is no secret told" {
  redis-cli -s "$address" config set requirepass right >/dev/null
  run -1 --separate-stderr look --dsn 'host=/nowhere' --redis "unix://:s3cret@$address"
  redis-cli -s "$address" --no-auth-warning -a right config set requirepass '' >/dev/null
  [[ "$(row Redis)" == *'refuses the user or the password'*REDIS_URL* ]]
  [[ "$output$stderr" != *s3cret* ]]
}

@test "private servers that are down are told, not started" {
  yt --quiet --exec 'local down' >/dev/null
  run -1 --separate-stderr look --local
  [[ "$(row PostgreSQL)" == PostgreSQL,error,*"'local up'" ]]
  [[ "$(row Redis)" == Redis,error,*"'local up'" ]]
  run -0 csv 'local status'
  [[ "$output" == PostgreSQL,down,*Redis,down,* ]]
}

@test "a Redis that was stopped is an error" {
  redis-cli -s "$address" shutdown nosave
  eventually is_silent
  run -1 --separate-stderr look --local
  [[ "$(row PostgreSQL)" == PostgreSQL,ok,* ]]
  [[ "$(row Redis)" == Redis,error,* ]]
  [[ "$(row 'Redis memory')" == *,skipped,* ]]
}
is_silent() { ! redis-cli -s "$address" ping >/dev/null 2>&1; }

@test "a Redis that grows without end, or forgets nothing, is warned of" {
  redis-cli -s "$address" config set maxmemory 0 >/dev/null
  run -0 --separate-stderr look --local
  [[ "$(row 'Redis memory')" == *',warning,"no limit, allkeys-lru",'* ]]
  redis-cli -s "$address" config set maxmemory 64mb maxmemory-policy noeviction >/dev/null
  run -0 --separate-stderr look --local
  [[ "$(row 'Redis memory')" == *',warning,"64 MB, noeviction",'* ]]
  redis-cli -s "$address" config set maxmemory 256mb maxmemory-policy allkeys-lru >/dev/null
}

@test "a schema that is behind is an error" {
  csv 'sql SELECT 1'
  yt --quiet --exec 'migrate down --yes' >/dev/null
  run -1 --separate-stderr look --local
  yt --quiet --exec 'migrate up' >/dev/null
  [[ "$(row schema)" == schema,error,*'1 pending'*"'migrate up'"* ]]
}

@test "an account that is none, and one that is" {
  run -1 --separate-stderr look --local --as-user nobody@example.com
  [[ "$(row tenant)" == tenant,error,"no account 'nobody@example.com'",* ]]
  csv "set write on; sql INSERT INTO users.accounts (email) VALUES ('doctor@example.com')"
  run -0 --separate-stderr look --local --as-user doctor@example.com
  [[ "$(row tenant)" == 'tenant,ok,"doctor@example.com: sees its own 0 channels, and no others",""' ]]
}

@test "a login that may do nothing is told what it lacks" {
  csv "set write on; sql CREATE ROLE doctor_guest LOGIN"
  dsn=$(csv 'local status' | awk -F, '$1 == "PostgreSQL" { print $5 }')
  run -1 --separate-stderr look --dsn "${dsn/user=ytempire_owner/user=doctor_guest}"
  [[ "$(row 'may read')" == *',error,no,'*ytempire_analyst* ]]
  [[ "$(row 'may migrate')" == *,ok,no,* ]]
  [[ "$(row schema)" == schema,skipped,* ]]
}

@test "a TERM that nobody knows is warned of" {
  TERM=no-such-terminal run -0 --separate-stderr look --local
  [[ "$(row TERM)" == TERM,warning,*no-such-terminal* ]]
  TERM=dumb run -0 --separate-stderr look --local
  [[ "$(row TERM)" == TERM,warning,dumb* ]]
  TERM=xterm-256color run -0 --separate-stderr look --local
  [ "$(row TERM)" = 'TERM,ok,xterm-256color,""' ]
  [[ "$(row colours)" == colours,ok,256* ]]
  TERM=vt100 run -0 --separate-stderr look --local
  [[ "$(row colours)" == colours,warning,none,* ]]
  TERM=xterm-256color NO_COLOR=1 run -0 --separate-stderr look --local
  [[ "$(row colours)" == *'as NO_COLOR says'* ]]
}

@test "a locale without UTF-8, or that is not there, is warned of" {
  LC_ALL=C run -0 --separate-stderr look --local
  [[ "$(row locale)" == locale,warning,*ASCII* ]]
  LC_ALL=xx_XX.UTF-8 run -0 --separate-stderr look --local
  [[ "$(row locale)" == locale,warning,*'not installed'* ]]
}

@test "a tmux that holds Esc back is warned of" {
  command -v tmux || skip "tmux is not installed"
  socket=$BATS_TEST_TMPDIR/tmux
  tmux -S "$socket" -f /dev/null new-session -d 'sleep 600' 3>&-
  tmux -S "$socket" set -sg escape-time 500
  TMUX="$socket,1,0" TERM=xterm-256color run -0 --separate-stderr look --local
  [[ "$(row tmux)" == tmux,warning,*xterm-256color* ]]
  [[ "$(row 'tmux escape-time')" == *',warning,500 ms,'*escape-time* ]]
  tmux -S "$socket" set -sg escape-time 10
  TMUX="$socket,1,0" TERM=screen run -0 --separate-stderr look --local
  tmux -S "$socket" kill-server
  [[ "$(row tmux)" == tmux,ok,* ]]
  [ "$(row 'tmux escape-time')" = 'tmux escape-time,ok,10 ms,""' ]
}

@test "a password that others may read is an error" {
  mkdir -p "$BATS_TEST_TMPDIR/ytempire"
  file=$BATS_TEST_TMPDIR/ytempire/config.ini
  printf '[far]\ndsn = postgresql://ann:secret@db.example/ytempire\n' >"$file"
  chmod 644 "$file"
  XDG_CONFIG_HOME=$BATS_TEST_TMPDIR run -1 --separate-stderr look --local
  [[ "$(row config.ini)" == config.ini,error,*'mode 644'*'chmod 600'* ]]
  chmod 600 "$file"
  XDG_CONFIG_HOME=$BATS_TEST_TMPDIR run -0 --separate-stderr look --local
  [[ "$(row config.ini)" == config.ini,ok,* ]]
  printf '[far]\nas-user = ann@example.com\n' >"$file"
  chmod 644 "$file"
  XDG_CONFIG_HOME=$BATS_TEST_TMPDIR run -0 --separate-stderr look --local
  [[ "$(row config.ini)" == config.ini,ok,* ]]
}

@test "a history that cannot be kept is warned of" {
  printf '' >"$BATS_TEST_TMPDIR/file"
  XDG_STATE_HOME=$BATS_TEST_TMPDIR/file run -0 --separate-stderr look --local
  [[ "$(row history)" == history,warning,*'no folder'* ]]
  mkdir -p "$BATS_TEST_TMPDIR/state/ytempire/history"
  XDG_STATE_HOME=$BATS_TEST_TMPDIR/state run -0 --separate-stderr look --local
  [[ "$(row history)" == history,warning,*'a folder'* ]]
}

@test "a folder that is read-only keeps no history" {
  folder=$(mktemp -d /tmp/ytempire-test.XXXXXX)
  chmod 555 "$folder"
  as=()
  [ "$(id -u)" != 0 ] || as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
  "${as[@]}" "$YTEMPIRE" --version >/dev/null || { rmdir "$folder"; skip "an ordinary user cannot run this program"; }
  XDG_STATE_HOME=$folder run -1 --separate-stderr "${as[@]}" "$YTEMPIRE" --dsn host=/nowhere --format csv --no-header --exec doctor
  rmdir "$folder"
  [[ "$(row history)" == history,warning,*'Permission denied'* ]]
}
