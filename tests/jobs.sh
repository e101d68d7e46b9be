# Sourced by tests/run: programs that run beside each other, are shown in the order in which they were queued, and counted.
#
# A job's stdout, stderr and home are files of its own in $work/jobs; its servers, sockets and folders are its own matter.
# YTEMPIRE_TEST_JOBS says how many run at a time; unless it does, as many as there are processors, at most 4.

passed=0 failed=0 skipped=0
times=()
job_kinds=() job_names=() job_lines=()
declare -A job_of=() job_begun=() job_status=()

pass() { passed=$((passed + 1)) && say "  ok - $1"; }
fail() { failed=$((failed + 1)) && say "  not ok - $1"; }

# Notes how long something took: when it began, by $SECONDS, and its name.
took() { times+=("$((SECONDS - $1)) s"$'\t'"$2"); }

slowest() { [ ${#times[@]} -eq 0 ] || printf '%s\n' "${times[@]}" | sort -rn | head -n 12 | sed "s|^|  |"; }

jobs_at_once() {
  local processors
  processors=$(nproc 2>/dev/null || echo 2)
  case ${YTEMPIRE_TEST_JOBS-} in
  '' | *[!0-9]* | 0*) echo $((processors < 4 ? processors : 4)) ;;
  *) echo "$YTEMPIRE_TEST_JOBS" ;;
  esac
}

# Counts the TAP in a file and prints what failed or was skipped. A runner that ended early is a failure too.
tap() { # what, file, exit code of the runner, its stderr
  local line p=0 f=0 s=0 plan='' bad=
  while IFS= read -r line; do
    case $line in
    'ok '*'# skip'* | 'ok '*'# SKIP'* | 'not ok '*' # SKIP '*)     # cmocka writes the last
      bad='' s=$((s + 1)) && say "  skipped: ${line#not }" ;;
    'ok '*) bad='' p=$((p + 1)) ;;
    'not ok '*) bad=yes f=$((f + 1)) && say "  $line" ;;
    1..*) line=${line#1..} plan=$((plan + ${line%% *})) ;;        # a program may run several groups
    '#'*) [ -z "$bad" ] || say "  $line" ;;
    esac
  done <"$2"
  cat "$2" "$4" | grep '^SKIPPED:' | sort -u | sed 's/^/  /'      # print_message of cmocka goes to stdout
  say "  $p passed, $f failed$([ "$s" -eq 0 ] || echo ", $s skipped")"
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  # all of a program may be skipped for this reason only: a server that does not start is a failure
  if [ "$3" -eq 77 ] && [ $((p + f)) -eq 0 ] && grep -q '^timescaledb is not installed' "$4"; then
    skipped=$((skipped + 1)) && say "  skipped: $1: timescaledb is not installed"
    return
  fi
  if [ -z "$plan" ] || [ $((p + f + s)) -ne "$plan" ] || { [ "$3" -ne 0 ] && [ "$f" -eq 0 ]; }; then
    fail "$1 ran $((p + f + s)) of ${plan:-?} and ended with $3"
    [ ! -s "$4" ] || tail -n 40 "$4" | sed 's/^/  # /'
  elif [ "$f" -gt 0 ] && [ -s "$4" ]; then
    tail -n 20 "$4" | sed 's/^/  # /'
  fi
}

# What ends well or not, and says no more.
plain() { # what, file, exit code, stderr
  if [ "$3" -eq 0 ]; then
    pass "$1"
  else
    fail "$1"
    cat "$2" "$4" | tail -n 40 | sed 's/^/  # /'
  fi
}

# Queues a command: how its output is read, its name, after how many seconds it has hung.
queue() { # tap or plain, what, seconds until it has hung, command…
  job_kinds+=("$1") job_names+=("$2")
  job_lines+=("$(printf '%q ' timeout -k 60 "${@:3}")")
}

job_start() { # number
  local at=$work/jobs/$1 command
  eval "command=(${job_lines[$1]})"
  mkdir -p "$at.home"
  # what is started in the background ignores these two, and its tests send them
  HOME=$at.home env -u XDG_DATA_HOME -u XDG_CONFIG_HOME -u XDG_STATE_HOME -u XDG_CACHE_HOME -u XDG_RUNTIME_DIR \
    --default-signal=INT,QUIT "${command[@]}" >"$at.out" 2>"$at.err" </dev/null &
  job_of[$!]=$1
  job_begun[$1]=$SECONDS
}

job_show() { # number
  local status=${job_status[$1]}
  say "${job_names[$1]}"
  [ "$status" -ne 124 ] || echo "it was ended: it had not come to its end in time" >>"$work/jobs/$1.err"
  "${job_kinds[$1]}" "${job_names[$1]}" "$work/jobs/$1.out" "$status" "$work/jobs/$1.err"
  rm -rf "$work/jobs/$1.home"
}

# Those that have ended since the last look.
jobs_gather() {
  local pid number
  for pid in "${!job_of[@]}"; do
    kill -0 "$pid" 2>/dev/null && continue
    number=${job_of[$pid]}
    unset "job_of[$pid]"
    wait "$pid"
    job_status[$number]=$?
    took "${job_begun[$number]}" "${job_names[$number]}"
  done
}

# Runs what was queued. Each is shown as soon as all before it are.
run_jobs() {
  local next=0 shown=0 count=${#job_names[@]} most
  most=$(jobs_at_once)
  rm -rf "$work/jobs" && mkdir -p "$work/jobs"
  while [ "$shown" -lt "$count" ]; do
    while [ ${#job_of[@]} -lt "$most" ] && [ "$next" -lt "$count" ]; do
      job_start "$next"
      next=$((next + 1))
    done
    wait -n
    jobs_gather
    while [ -n "${job_status[$shown]-}" ]; do
      job_show "$shown"
      shown=$((shown + 1))
    done
  done
  job_kinds=() job_names=() job_lines=() job_begun=() job_status=()
}

# Ends what runs, and lets it clean up.
end_jobs() {
  [ ${#job_of[@]} -eq 0 ] || kill "${!job_of[@]}" 2>/dev/null
  wait
}
