check_PROGRAMS += tests/unit/data_test
tests_unit_data_test_SOURCES = tests/unit/data_test.c
tests_unit_data_test_LDADD = $(ROOM_data) $(RANK0) $(CMOCKA_LIBS) $(BASE_LIBS)
