check_PROGRAMS += tests/unit/migrate_files_test tests/unit/migrate_run_test tests/unit/migrate_schema_test \
	tests/unit/warehouse_test tests/unit/warehouse_tenants_test
MIGRATE_TEST_LIBS = $(ROOM_migrate) $(RANK2) $(CMOCKA_LIBS) $(SMALL_LIBS)
MIGRATE_SERVER = tests/unit/migrate_help.h tests/unit/server.h src/engine/module/pg_module.c
tests_unit_migrate_files_test_SOURCES = tests/unit/migrate_files_test.c
tests_unit_migrate_files_test_LDADD = $(MIGRATE_TEST_LIBS)
tests_unit_migrate_schema_test_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS)
tests_unit_migrate_schema_test_SOURCES = tests/unit/migrate_schema_test.c $(MIGRATE_SERVER)
tests_unit_migrate_schema_test_LDADD = $(MIGRATE_TEST_LIBS) $(LIBPQ_LIBS)
check_PROGRAMS += tests/unit/migrate_lint_test
tests_unit_migrate_lint_test_SOURCES = tests/unit/migrate_lint_test.c
tests_unit_migrate_lint_test_LDADD = $(MIGRATE_TEST_LIBS)
check_PROGRAMS += tests/unit/storage_test
tests_unit_storage_test_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS)
tests_unit_storage_test_SOURCES = tests/unit/storage_test.c $(MIGRATE_SERVER)
tests_unit_storage_test_LDADD = $(MIGRATE_TEST_LIBS) $(LIBPQ_LIBS)
tests_unit_migrate_run_test_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS)
tests_unit_migrate_run_test_SOURCES = tests/unit/migrate_run_test.c $(MIGRATE_SERVER)
tests_unit_migrate_run_test_LDADD = $(MIGRATE_TEST_LIBS) $(LIBPQ_LIBS)
check_PROGRAMS += tests/unit/migrate_plan_test
tests_unit_migrate_plan_test_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS)
tests_unit_migrate_plan_test_SOURCES = tests/unit/migrate_plan_test.c $(MIGRATE_SERVER)
tests_unit_migrate_plan_test_LDADD = $(MIGRATE_TEST_LIBS) $(LIBPQ_LIBS)
tests_unit_warehouse_test_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS)
tests_unit_warehouse_test_SOURCES = tests/unit/warehouse_test.c $(MIGRATE_SERVER)
tests_unit_warehouse_test_LDADD = $(MIGRATE_TEST_LIBS) $(LIBPQ_LIBS)
tests_unit_warehouse_tenants_test_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS)
tests_unit_warehouse_tenants_test_SOURCES = tests/unit/warehouse_tenants_test.c $(MIGRATE_SERVER)
tests_unit_warehouse_tenants_test_LDADD = $(MIGRATE_TEST_LIBS) $(LIBPQ_LIBS)
check_PROGRAMS += tests/unit/storage_timescaledb_test
tests_unit_storage_timescaledb_test_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS)
tests_unit_storage_timescaledb_test_SOURCES = tests/unit/storage_timescaledb_test.c $(MIGRATE_SERVER)
tests_unit_storage_timescaledb_test_LDADD = $(MIGRATE_TEST_LIBS) $(LIBPQ_LIBS)
# the same on TimescaleDB, where it is installed
check_PROGRAMS += tests/unit/migrate_schema_timescaledb_test tests/unit/warehouse_timescaledb_test \
	tests/unit/warehouse_tenants_timescaledb_test
tests_unit_migrate_schema_timescaledb_test_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS) -DTEST_STORAGE='"timescaledb"'
tests_unit_migrate_schema_timescaledb_test_SOURCES = tests/unit/migrate_schema_test.c $(MIGRATE_SERVER)
tests_unit_migrate_schema_timescaledb_test_LDADD = $(MIGRATE_TEST_LIBS) $(LIBPQ_LIBS)
tests_unit_warehouse_timescaledb_test_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS) -DTEST_STORAGE='"timescaledb"'
tests_unit_warehouse_timescaledb_test_SOURCES = tests/unit/warehouse_test.c $(MIGRATE_SERVER)
tests_unit_warehouse_timescaledb_test_LDADD = $(MIGRATE_TEST_LIBS) $(LIBPQ_LIBS)
tests_unit_warehouse_tenants_timescaledb_test_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS) -DTEST_STORAGE='"timescaledb"'
tests_unit_warehouse_tenants_timescaledb_test_SOURCES = tests/unit/warehouse_tenants_test.c $(MIGRATE_SERVER)
tests_unit_warehouse_tenants_timescaledb_test_LDADD = $(MIGRATE_TEST_LIBS) $(LIBPQ_LIBS)
check_PROGRAMS += tests/unit/storage_statistics_test tests/unit/storage_statistics_timescaledb_test
tests_unit_storage_statistics_test_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS)
tests_unit_storage_statistics_test_SOURCES = tests/unit/storage_statistics_test.c $(MIGRATE_SERVER)
tests_unit_storage_statistics_test_LDADD = $(MIGRATE_TEST_LIBS) $(LIBPQ_LIBS)
tests_unit_storage_statistics_timescaledb_test_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS) -DTEST_STORAGE='"timescaledb"'
tests_unit_storage_statistics_timescaledb_test_SOURCES = tests/unit/storage_statistics_test.c $(MIGRATE_SERVER)
tests_unit_storage_statistics_timescaledb_test_LDADD = $(MIGRATE_TEST_LIBS) $(LIBPQ_LIBS)
