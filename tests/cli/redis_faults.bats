# A Redis that is not as it should be: another's, a copy, wiped, forgetful, or silent in the middle of an answer. The
# answer comes from PostgreSQL then, and nobody waits long.
load helper

setup_file() { load helper; "$YTEMPIRE" --local --quiet --exec 'sample load --channels 3 --days 10 --seed 5' </dev/null >/dev/null 2>&1; }
setup() { dsn=$(csv 'local status' | awk -F, '$1 == "PostgreSQL" { print $5 }') folder=$(mktemp -d "$BATS_RUN_TMPDIR/XXXXXX") pids=(); }
teardown() { local pid; for pid in "${pids[@]}"; do kill -CONT "$pid" 2>/dev/null; kill -KILL "$pid" 2>/dev/null; done; }

question='videos by category'
# A Redis of our own: $1 names it, options follow.
start_redis() {
  redis-server --port 0 --unixsocket "$folder/$1.sock" --save '' --dir "$folder" "${@:2}" >/dev/null 2>&1 3>&- &
  pids+=("$!") && disown "$!"
  eventually [ -S "$folder/$1.sock" ]
}
redis() { redis-cli -s "$folder/$1.sock" "${@:2}"; }
# Asks through that Redis: how it was answered goes to $how, what else was said to $said, the answer to $out.
ask() { # address, options…
  local address=$1
  shift
  out=$("$YTEMPIRE" --dsn "$dsn" --redis "$address" --stats --format csv --no-header "$@" --exec "$question" 2>"$folder/said" </dev/null) || return
  how=$(sed -n 's/.*"cache": "\([a-z]*\)".*/\1/p' "$folder/said") said=$(grep -v '"cache"' "$folder/said" || true)
}
cache() { "$YTEMPIRE" --dsn "$dsn" --redis "$1" --format csv --no-header --exec "$2" </dev/null; }

@test "with the password the cache is there, with a wrong one or none it says so and answers; none is told" {
  start_redis locked --requirepass s3cret
  ask "unix://:s3cret@$folder/locked.sock"
  [ "$how" = miss ]
  [ -z "$said" ]
  wanted=$out
  ask "unix://:s3cret@$folder/locked.sock"
  [ "$how" = hit ]
  [ "$out" = "$wanted" ]
  for address in "unix://:wr0ng@$folder/locked.sock" "unix://nobody:wr0ng@$folder/locked.sock" "unix:$folder/locked.sock"; do
    ask "$address"
    [ "$out" = "$wanted" ]
    [ "$(wc -l <<<"$said")" = 1 ]
    [[ $said == 'warning: nothing is cached: '*password* ]] || { echo "$address: $said"; false; }
    run -3 cache "$address" 'cache keys'
    [[ $output == *password* && $output != *wr0ng* && $said != *wr0ng* ]] || { echo "$output"; false; }
  done
}

@test "a copy that may not be written gives what it has, and keeps no question from its answer" {
  start_redis copy
  ask "unix:$folder/copy.sock"
  [ "$how" = miss ]
  wanted=$out
  redis copy REPLICAOF 127.0.0.1 1 >/dev/null
  ask "unix:$folder/copy.sock"
  [ "$how" = hit ]
  [ "$out" = "$wanted" ]
  question=channels
  for turn in first second; do
    ask "unix:$folder/copy.sock"
    [ "$turn $how $out" = "$turn miss 3" ]
  done
  run -0 cache "unix:$folder/copy.sock" 'cache keys'
  run -1 cache "unix:$folder/copy.sock" "cache invalidate ''"
  [[ $output == *READONLY* ]]
  run -1 cache "unix:$folder/copy.sock" 'cache warm executive_dashboard'
  [[ $output == *READONLY* ]]
}

@test "scripts that were forgotten are said again, and what was wiped is made anew" {
  start_redis wiped
  ask "unix:$folder/wiped.sock"
  [ "$how" = miss ]
  redis wiped SCRIPT FLUSH >/dev/null
  ask "unix:$folder/wiped.sock"
  [ "$how" = hit ]
  redis wiped FLUSHALL >/dev/null
  ask "unix:$folder/wiped.sock"
  [ "$how" = miss ]
  [ -z "$said" ]
  ask "unix:$folder/wiped.sock"
  [ "$how" = hit ]
}

@test "two databases on one Redis share no answer, and what is loaded into one leaves the other's" {
  start_redis shared
  other=other_$RANDOM
  csv "set write on; sql CREATE DATABASE $other" >/dev/null
  ask "unix:$folder/shared.sock"
  [ "$how" = miss ]
  mine=$out here=$dsn dsn="$dsn dbname=$other"
  "$YTEMPIRE" --dsn "$dsn" --quiet --exec 'migrate up' </dev/null >/dev/null 2>&1
  ask "unix:$folder/shared.sock"
  [ "$how" = miss ]
  [ "$out" != "$mine" ]
  ask "unix:$folder/shared.sock"
  [ "$how" = hit ]
  "$YTEMPIRE" --dsn "$dsn" --redis "unix:$folder/shared.sock" --quiet --exec 'sample load --channels 2 --days 5 --seed 9' </dev/null >/dev/null 2>&1
  ask "unix:$folder/shared.sock"
  [ "$how" = miss ]
  dsn=$here
  ask "unix:$folder/shared.sock"
  [ "$how" = hit ]
  [ "$out" = "$mine" ]
  csv "set write on; sql DROP DATABASE $other WITH (FORCE)" >/dev/null
}

@test "a Redis that falls silent in the middle of an answer is left for PostgreSQL, once" {
  start_redis slow
  ask "unix:$folder/slow.sock"
  [ "$how" = miss ]
  wanted=$out
  # passes on the first bytes of the answer in which the cached value comes, then stops the server as it is
  python3 - "$folder" "${pids[0]}" 3>&- <<'PYTHON' &
import os, signal, socket, sys, threading
folder, pid = sys.argv[1], int(sys.argv[2])
listener = socket.socket(socket.AF_UNIX)
listener.bind(folder + "/cut.new")
listener.listen(16)
os.rename(folder + "/cut.new", folder + "/cut.sock")     # who sees it finds somebody who listens
keep = []
def serve(client):
    server = socket.socket(socket.AF_UNIX)
    server.connect(folder + "/slow.sock")
    keep.append(server)
    def back():
        while data := server.recv(65536):
            if len(data) > 200:
                client.sendall(data[:100])
                os.kill(pid, signal.SIGSTOP)
                return
            client.sendall(data)
    threading.Thread(target=back, daemon=True).start()
    while data := client.recv(65536):
        server.sendall(data)
while True:
    client, _ = listener.accept()
    keep.append(client)
    threading.Thread(target=serve, args=(client,), daemon=True).start()
PYTHON
  pids+=("$!") && disown "$!"
  eventually [ -S "$folder/cut.sock" ]
  ask "unix:$folder/cut.sock" --timeout 60
  [ "$out" = "$wanted" ]
  [ "$how" = off ]
  [[ $said == 'warning: nothing is cached: '*'no answer within'* ]]
  [ "$(wc -l <<<"$said")" = 1 ]
  grep -q '^State:.*T' "/proc/${pids[0]}/status"
  kill -CONT "${pids[0]}"
  ask "unix:$folder/slow.sock"
  [ "$how" = hit ]
}
