# The fuzzers: libFuzzer targets, one a reader of what comes from outside (clang, --enable-fuzz). See tests/fuzz/run.
FUZZERS += tests/fuzz/csv_fuzz
tests_fuzz_csv_fuzz_SOURCES = tests/fuzz/csv_fuzz.c
tests_fuzz_csv_fuzz_LDADD = $(ROOM_ingest) $(RANK2) $(SMALL_LIBS)
tests_fuzz_csv_fuzz_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
FUZZERS += tests/fuzz/lint_fuzz
tests_fuzz_lint_fuzz_SOURCES = tests/fuzz/lint_fuzz.c
tests_fuzz_lint_fuzz_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_lint_fuzz_LDADD = $(ROOM_migrate) $(RANK2) $(SMALL_LIBS)
