check_PROGRAMS += tests/unit/jobs_control_test tests/unit/jobs_cron_test tests/unit/jobs_runner_test tests/unit/jobs_schedule_test
JOBS_TEST_LIBS = $(ROOM_jobs) $(RANK2) $(CMOCKA_LIBS) $(SMALL_LIBS)
JOBS_SERVER = tests/unit/jobs_help.h tests/unit/server.h tests/unit/warehouse.h src/engine/module/pg_module.c
tests_unit_jobs_control_test_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS)
tests_unit_jobs_control_test_SOURCES = tests/unit/jobs_control_test.c $(JOBS_SERVER)
tests_unit_jobs_control_test_LDADD = $(JOBS_TEST_LIBS) $(LIBPQ_LIBS)
tests_unit_jobs_cron_test_SOURCES = tests/unit/jobs_cron_test.c
tests_unit_jobs_cron_test_LDADD = $(JOBS_TEST_LIBS)
tests_unit_jobs_cron_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=cron_next
tests_unit_jobs_runner_test_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS)
tests_unit_jobs_runner_test_SOURCES = tests/unit/jobs_runner_test.c $(JOBS_SERVER)
tests_unit_jobs_runner_test_LDADD = $(JOBS_TEST_LIBS) $(LIBPQ_LIBS)
tests_unit_jobs_schedule_test_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS)
tests_unit_jobs_schedule_test_SOURCES = tests/unit/jobs_schedule_test.c $(JOBS_SERVER)
tests_unit_jobs_schedule_test_LDADD = $(JOBS_TEST_LIBS) $(LIBPQ_LIBS)
