check_PROGRAMS += tests/unit/command_assist_test tests/unit/command_split_test tests/unit/command_args_test tests/unit/command_help_test
COMMAND_TEST_LIBS = $(RANK5) $(CMOCKA_LIBS) $(SMALL_LIBS)
tests_unit_command_assist_test_SOURCES = tests/unit/command_assist_test.c tests/unit/semantic_help.h
tests_unit_command_assist_test_LDADD = $(COMMAND_TEST_LIBS)
tests_unit_command_split_test_SOURCES = tests/unit/command_split_test.c
tests_unit_command_split_test_LDADD = $(COMMAND_TEST_LIBS)
tests_unit_command_args_test_SOURCES = tests/unit/command_args_test.c
tests_unit_command_args_test_LDADD = $(COMMAND_TEST_LIBS)
tests_unit_command_help_test_SOURCES = tests/unit/command_help_test.c
tests_unit_command_help_test_LDADD = $(COMMAND_TEST_LIBS)

# with a server: it links the file of the module `pg`, and with it libpq
check_PROGRAMS += tests/unit/command_sql_test
tests_unit_command_sql_test_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS)
tests_unit_command_sql_test_SOURCES = tests/unit/command_sql_test.c tests/unit/server.h src/engine/module/pg_module.c
tests_unit_command_sql_test_LDADD = $(RANK5) $(CMOCKA_LIBS) $(LIBPQ_LIBS) $(SMALL_LIBS)
check_PROGRAMS += tests/unit/command_keys_test
tests_unit_command_keys_test_SOURCES = tests/unit/command_keys_test.c
tests_unit_command_keys_test_LDADD = $(COMMAND_TEST_LIBS)
