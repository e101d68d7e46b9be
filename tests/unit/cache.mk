check_PROGRAMS += tests/unit/cache_python_test tests/unit/cache_test tests/unit/cache_warm_test
CACHE_TEST_LIBS = $(ROOM_cache) $(RANK2) $(CMOCKA_LIBS) $(JANSSON_LIBS) $(HIREDIS_LIBS) $(PG_QUERY_LIBS) $(ZLIB_LIBS) $(ZSTD_LIBS) $(BASE_LIBS)
tests_unit_cache_python_test_SOURCES = tests/unit/cache_python_test.c
tests_unit_cache_python_test_LDADD = $(CACHE_TEST_LIBS)
tests_unit_cache_test_SOURCES = tests/unit/cache_test.c tests/unit/redis_server.h tests/unit/task_test.h
tests_unit_cache_test_LDADD = $(CACHE_TEST_LIBS)
tests_unit_cache_warm_test_SOURCES = tests/unit/cache_warm_test.c tests/unit/redis_server.h tests/unit/task_test.h
tests_unit_cache_warm_test_LDADD = $(CACHE_TEST_LIBS)
