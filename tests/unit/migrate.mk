check_PROGRAMS += tests/unit/migrate_files_test tests/unit/migrate_schema_test
MIGRATE_TEST_LIBS = $(ROOM_migrate) $(RANK2) $(CMOCKA_LIBS) $(SMALL_LIBS)
MIGRATE_SERVER = tests/unit/migrate_help.h tests/unit/server.h src/engine/module/pg_module.c
tests_unit_migrate_files_test_SOURCES = tests/unit/migrate_files_test.c
tests_unit_migrate_files_test_LDADD = $(MIGRATE_TEST_LIBS)
tests_unit_migrate_schema_test_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS)
tests_unit_migrate_schema_test_SOURCES = tests/unit/migrate_schema_test.c $(MIGRATE_SERVER)
tests_unit_migrate_schema_test_LDADD = $(MIGRATE_TEST_LIBS) $(LIBPQ_LIBS)
