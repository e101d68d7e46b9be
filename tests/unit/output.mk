check_PROGRAMS += tests/unit/output_format_test tests/unit/output_table_test
tests_unit_output_format_test_SOURCES = tests/unit/output_format_test.c tests/unit/output_help.h
tests_unit_output_format_test_LDADD = $(ROOM_output) $(RANK1) $(CMOCKA_LIBS) $(INIH_LIBS) $(BASE_LIBS)
tests_unit_output_table_test_SOURCES = tests/unit/output_table_test.c tests/unit/output_help.h
tests_unit_output_table_test_LDADD = $(ROOM_output) $(RANK1) $(CMOCKA_LIBS) $(INIH_LIBS) $(BASE_LIBS)
