# The programs that the benchmarks run, once each with small numbers: that they run, not how fast. $BENCH is the folder they lie in.
load helper

setup() {
  BENCH=${BENCH:-$BATS_TEST_DIRNAME/../bench}
  ASAN_OPTIONS=${ASAN_OPTIONS-}:detect_leaks=0      # they end at once, and leave what they hold to the kernel
  export ASAN_OPTIONS
  [ -x "$BENCH/jobs_bench" ] && [ -x "$BENCH/semantic_bench" ] || { echo "make tests/bench/jobs_bench tests/bench/semantic_bench" && false; }
}

@test "semantic_bench plans and compiles, and prints its rows" {
  run -0 "$BENCH/semantic_bench" "$BATS_TEST_DIRNAME/../../queries/model" 1
  [ "$(awk -F '\t' 'NF == 3 && $1 ~ /^semantic: / && $2 >= 0 && $3 > 0' <<<"$output" | wc -l)" = "${#lines[@]}" ]
  [[ $output == *'line to SQL: total_views'* && $output == *'planning with 50 rollups'* ]]
  run -2 "$BENCH/semantic_bench"
}

@test "jobs_bench does its jobs, in batches and one by one, and takes them away" {
  [ "$(csv 'sql SELECT 1')" = 1 ]                    # migrated
  dsn=$(csv 'local status' | awk -F, '$1 == "PostgreSQL" { print $5 }')
  for batch in 1 10; do
    run -0 "$BENCH/jobs_bench" "$dsn" 30 $batch 2
    [[ $output == "$batch"$'\t'2$'\t'30$'\t'* ]]
  done
  [ "$(csv "sql SELECT count(*) FROM ops.jobs WHERE kind = 'jobs_bench'")" = 0 ]
  run -2 "$BENCH/jobs_bench" "$dsn"
}
