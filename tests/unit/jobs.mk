check_PROGRAMS += tests/unit/jobs_runner_test
JOBS_TEST_LIBS = $(ROOM_jobs) $(RANK2) $(CMOCKA_LIBS) $(SMALL_LIBS) $(LIBPQ_LIBS)
JOBS_SERVER = tests/unit/jobs_help.h tests/unit/server.h tests/unit/warehouse.h src/engine/module/pg_module.c
tests_unit_jobs_runner_test_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS)
tests_unit_jobs_runner_test_SOURCES = tests/unit/jobs_runner_test.c $(JOBS_SERVER)
tests_unit_jobs_runner_test_LDADD = $(JOBS_TEST_LIBS)
