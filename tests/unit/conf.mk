check_PROGRAMS += tests/unit/conf_test
tests_unit_conf_test_SOURCES = tests/unit/conf_test.c
tests_unit_conf_test_LDADD = $(ROOM_conf) $(RANK0) $(CMOCKA_LIBS) $(INIH_LIBS) $(BASE_LIBS)
check_PROGRAMS += tests/unit/conf_save_test
tests_unit_conf_save_test_SOURCES = tests/unit/conf_save_test.c
tests_unit_conf_save_test_LDADD = $(ROOM_conf) $(RANK0) $(CMOCKA_LIBS) $(INIH_LIBS) $(BASE_LIBS)
