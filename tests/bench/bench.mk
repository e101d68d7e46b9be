EXTRA_PROGRAMS += tests/bench/semantic_bench
tests_bench_semantic_bench_SOURCES = tests/bench/semantic_bench.c
tests_bench_semantic_bench_LDADD = $(ROOM_semantic) $(RANK1) $(SMALL_LIBS)
