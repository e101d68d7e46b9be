check_PROGRAMS += tests/unit/migrate_files_test
MIGRATE_TEST_LIBS = $(ROOM_migrate) $(RANK2) $(CMOCKA_LIBS) $(SMALL_LIBS)
tests_unit_migrate_files_test_SOURCES = tests/unit/migrate_files_test.c
tests_unit_migrate_files_test_LDADD = $(MIGRATE_TEST_LIBS)
