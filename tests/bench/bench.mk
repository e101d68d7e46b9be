EXTRA_PROGRAMS += tests/bench/semantic_bench
tests_bench_semantic_bench_SOURCES = tests/bench/semantic_bench.c
tests_bench_semantic_bench_LDADD = $(ROOM_semantic) $(RANK1) $(SMALL_LIBS)
EXTRA_PROGRAMS += tests/bench/jobs_bench
tests_bench_jobs_bench_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS)
tests_bench_jobs_bench_SOURCES = tests/bench/jobs_bench.c src/engine/module/pg_module.c
tests_bench_jobs_bench_LDADD = $(ROOM_jobs) $(RANK2) $(SMALL_LIBS) $(LIBPQ_LIBS)
