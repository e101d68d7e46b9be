check_PROGRAMS += tests/unit/data_test tests/unit/data_store_test
tests_unit_data_test_SOURCES = tests/unit/data_test.c
tests_unit_data_test_LDADD = $(ROOM_data) $(RANK0) $(CMOCKA_LIBS) $(BASE_LIBS)
tests_unit_data_store_test_SOURCES = tests/unit/data_store_test.c
tests_unit_data_store_test_LDADD = $(ROOM_data) $(RANK0) $(CMOCKA_LIBS) $(BASE_LIBS)
check_PROGRAMS += tests/unit/data_condition_test
tests_unit_data_condition_test_SOURCES = tests/unit/data_condition_test.c
tests_unit_data_condition_test_LDADD = $(ROOM_data) $(RANK0) $(CMOCKA_LIBS) $(BASE_LIBS)
