check_PROGRAMS += tests/unit/engine_loop_test tests/unit/engine_process_test tests/unit/engine_pg_test tests/unit/engine_pg_copy_test \
	tests/unit/engine_redis_test tests/unit/engine_redis_client_test tests/unit/engine_http_test
ENGINE_TEST_LIBS = $(ROOM_engine) $(RANK1) $(CMOCKA_LIBS) $(HIREDIS_LIBS) $(BASE_LIBS)
tests_unit_engine_loop_test_SOURCES = tests/unit/engine_loop_test.c
tests_unit_engine_loop_test_LDADD = $(ENGINE_TEST_LIBS)
tests_unit_engine_process_test_SOURCES = tests/unit/engine_process_test.c
tests_unit_engine_process_test_LDADD = $(ENGINE_TEST_LIBS)
tests_unit_engine_redis_test_SOURCES = tests/unit/engine_redis_test.c
tests_unit_engine_redis_test_LDADD = $(ENGINE_TEST_LIBS)
# these link the module's file, and with it libpq, as a program does that wants no module
tests_unit_engine_pg_test_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS)
tests_unit_engine_pg_test_SOURCES = tests/unit/engine_pg_test.c tests/unit/server.h src/engine/module/pg_module.c
tests_unit_engine_pg_test_LDADD = $(ENGINE_TEST_LIBS) $(LIBPQ_LIBS)
tests_unit_engine_pg_copy_test_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS)
tests_unit_engine_pg_copy_test_SOURCES = tests/unit/engine_pg_copy_test.c tests/unit/server.h src/engine/module/pg_module.c
tests_unit_engine_pg_copy_test_LDADD = $(ENGINE_TEST_LIBS) $(LIBPQ_LIBS)
tests_unit_engine_redis_client_test_SOURCES = tests/unit/engine_redis_client_test.c tests/unit/redis_server.h tests/unit/task_test.h
tests_unit_engine_redis_client_test_LDADD = $(ENGINE_TEST_LIBS)
tests_unit_engine_http_test_CPPFLAGS = $(AM_CPPFLAGS) $(CURL_CFLAGS)
tests_unit_engine_http_test_SOURCES = tests/unit/engine_http_test.c tests/unit/http_server.h tests/unit/task_test.h src/engine/module/curl_module.c
tests_unit_engine_http_test_LDADD = $(ENGINE_TEST_LIBS) $(CURL_LIBS) $(ZLIB_LIBS)
