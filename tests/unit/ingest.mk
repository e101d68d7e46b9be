check_PROGRAMS += tests/unit/ingest_csv_test
tests_unit_ingest_csv_test_SOURCES = tests/unit/ingest_csv_test.c
tests_unit_ingest_csv_test_LDADD = $(ROOM_ingest) $(RANK2) $(CMOCKA_LIBS) $(SMALL_LIBS)
