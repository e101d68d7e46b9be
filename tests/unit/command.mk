check_PROGRAMS += tests/unit/command_split_test tests/unit/command_condition_test
COMMAND_TEST_LIBS = $(RANK5) $(CMOCKA_LIBS) $(SMALL_LIBS)
tests_unit_command_split_test_SOURCES = tests/unit/command_split_test.c
tests_unit_command_split_test_LDADD = $(COMMAND_TEST_LIBS)
tests_unit_command_condition_test_SOURCES = tests/unit/command_condition_test.c
tests_unit_command_condition_test_LDADD = $(COMMAND_TEST_LIBS)
