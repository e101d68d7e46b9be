# The fuzzers: libFuzzer targets, one a reader of what comes from outside (clang, --enable-fuzz). See tests/fuzz/run.
LIBFUZZER = -fsanitize=fuzzer

FUZZERS += tests/fuzz/assist_fuzz
tests_fuzz_assist_fuzz_SOURCES = tests/fuzz/assist_fuzz.c
tests_fuzz_assist_fuzz_LDADD = $(RANK5) $(SMALL_LIBS)
tests_fuzz_assist_fuzz_LDFLAGS = $(AM_LDFLAGS) $(LIBFUZZER)

FUZZERS += tests/fuzz/command_fuzz
tests_fuzz_command_fuzz_SOURCES = tests/fuzz/command_fuzz.c
tests_fuzz_command_fuzz_LDADD = $(RANK5) $(SMALL_LIBS)
tests_fuzz_command_fuzz_LDFLAGS = $(AM_LDFLAGS) $(LIBFUZZER)

FUZZERS += tests/fuzz/csv_fuzz
tests_fuzz_csv_fuzz_SOURCES = tests/fuzz/csv_fuzz.c
tests_fuzz_csv_fuzz_LDADD = $(ROOM_ingest) $(RANK2) $(SMALL_LIBS)
tests_fuzz_csv_fuzz_LDFLAGS = $(AM_LDFLAGS) $(LIBFUZZER)

FUZZERS += tests/fuzz/lint_fuzz
tests_fuzz_lint_fuzz_SOURCES = tests/fuzz/lint_fuzz.c
tests_fuzz_lint_fuzz_LDADD = $(ROOM_migrate) $(RANK2) $(SMALL_LIBS)
tests_fuzz_lint_fuzz_LDFLAGS = $(AM_LDFLAGS) $(LIBFUZZER)

FUZZERS += tests/fuzz/model_fuzz
tests_fuzz_model_fuzz_SOURCES = tests/fuzz/model_fuzz.c
tests_fuzz_model_fuzz_LDADD = $(ROOM_semantic) $(RANK1) $(SMALL_LIBS)
tests_fuzz_model_fuzz_LDFLAGS = $(AM_LDFLAGS) $(LIBFUZZER)

FUZZERS += tests/fuzz/query_fuzz
tests_fuzz_query_fuzz_SOURCES = tests/fuzz/query_fuzz.c
tests_fuzz_query_fuzz_LDADD = $(ROOM_semantic) $(RANK1) $(SMALL_LIBS)
tests_fuzz_query_fuzz_LDFLAGS = $(AM_LDFLAGS) $(LIBFUZZER)

FUZZERS += tests/fuzz/input_fuzz
tests_fuzz_input_fuzz_SOURCES = tests/fuzz/input_fuzz.c
tests_fuzz_input_fuzz_LDADD = $(ROOM_ui) $(RANK1) $(SMALL_LIBS)
tests_fuzz_input_fuzz_LDFLAGS = $(AM_LDFLAGS) $(LIBFUZZER)

FUZZERS += tests/fuzz/mapping_fuzz
tests_fuzz_mapping_fuzz_SOURCES = tests/fuzz/mapping_fuzz.c
tests_fuzz_mapping_fuzz_LDADD = $(ROOM_ingest) $(ROOM_api) $(ROOM_jobs) $(RANK2) $(SMALL_LIBS)
tests_fuzz_mapping_fuzz_LDFLAGS = $(AM_LDFLAGS) $(LIBFUZZER)

FUZZERS += tests/fuzz/reader_fuzz
tests_fuzz_reader_fuzz_SOURCES = tests/fuzz/reader_fuzz.c
tests_fuzz_reader_fuzz_LDADD = $(ROOM_ingest) $(ROOM_api) $(ROOM_jobs) $(RANK2) $(SMALL_LIBS)
tests_fuzz_reader_fuzz_LDFLAGS = $(AM_LDFLAGS) $(LIBFUZZER)
