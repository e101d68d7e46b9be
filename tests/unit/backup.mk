check_PROGRAMS += tests/unit/backup_keep_test
tests_unit_backup_keep_test_SOURCES = tests/unit/backup_keep_test.c
tests_unit_backup_keep_test_LDADD = $(ROOM_backup) $(ROOM_engine) $(RANK1) $(CMOCKA_LIBS) $(HIREDIS_LIBS) $(INIH_LIBS) $(BASE_LIBS)
