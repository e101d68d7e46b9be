SEMANTIC_TESTS = tests/unit/semantic_compile_test tests/unit/semantic_lex_test tests/unit/semantic_parse_test \
	tests/unit/semantic_period_test tests/unit/semantic_edit_test tests/unit/semantic_json_test \
	tests/unit/semantic_model_test tests/unit/semantic_lint_test tests/unit/semantic_assist_test
check_PROGRAMS += $(SEMANTIC_TESTS)
SEMANTIC_TEST_LIBS = $(ROOM_semantic) $(RANK1) $(CMOCKA_LIBS) $(SMALL_LIBS)
tests_unit_semantic_compile_test_SOURCES = tests/unit/semantic_compile_test.c
tests_unit_semantic_compile_test_LDADD = $(SEMANTIC_TEST_LIBS)
tests_unit_semantic_assist_test_SOURCES = tests/unit/semantic_assist_test.c tests/unit/semantic_help.h
tests_unit_semantic_assist_test_LDADD = $(SEMANTIC_TEST_LIBS)
tests_unit_semantic_lex_test_SOURCES = tests/unit/semantic_lex_test.c tests/unit/semantic_help.h
tests_unit_semantic_lex_test_LDADD = $(SEMANTIC_TEST_LIBS)
tests_unit_semantic_parse_test_SOURCES = tests/unit/semantic_parse_test.c tests/unit/semantic_help.h
tests_unit_semantic_parse_test_LDADD = $(SEMANTIC_TEST_LIBS)
tests_unit_semantic_period_test_SOURCES = tests/unit/semantic_period_test.c tests/unit/semantic_help.h
tests_unit_semantic_period_test_LDADD = $(SEMANTIC_TEST_LIBS)
tests_unit_semantic_edit_test_SOURCES = tests/unit/semantic_edit_test.c tests/unit/semantic_help.h
tests_unit_semantic_edit_test_LDADD = $(SEMANTIC_TEST_LIBS)
tests_unit_semantic_json_test_SOURCES = tests/unit/semantic_json_test.c tests/unit/semantic_help.h
tests_unit_semantic_json_test_LDADD = $(SEMANTIC_TEST_LIBS)
tests_unit_semantic_model_test_SOURCES = tests/unit/semantic_model_test.c tests/unit/semantic_help.h
tests_unit_semantic_model_test_LDADD = $(SEMANTIC_TEST_LIBS)
tests_unit_semantic_lint_test_SOURCES = tests/unit/semantic_lint_test.c tests/unit/semantic_help.h
tests_unit_semantic_lint_test_LDADD = $(SEMANTIC_TEST_LIBS)

# with a server: these link the file of the module `pg`, and with it libpq
SEMANTIC_SERVER_LIBS = $(ROOM_semantic) $(ROOM_engine) $(RANK1) $(CMOCKA_LIBS) $(LIBPQ_LIBS) $(SMALL_LIBS)
SEMANTIC_SERVER_SOURCES = tests/unit/semantic_help.h tests/unit/server.h tests/unit/warehouse.h src/engine/module/pg_module.c
check_PROGRAMS += tests/unit/semantic_schema_test
tests_unit_semantic_schema_test_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS)
tests_unit_semantic_schema_test_SOURCES = tests/unit/semantic_schema_test.c $(SEMANTIC_SERVER_SOURCES)
tests_unit_semantic_schema_test_LDADD = $(SEMANTIC_SERVER_LIBS)
check_PROGRAMS += tests/unit/semantic_rows_test
tests_unit_semantic_rows_test_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS)
tests_unit_semantic_rows_test_SOURCES = tests/unit/semantic_rows_test.c tests/unit/semantic_rows_help.h $(SEMANTIC_SERVER_SOURCES)
tests_unit_semantic_rows_test_LDADD = $(SEMANTIC_SERVER_LIBS)
check_PROGRAMS += tests/unit/semantic_drill_test
tests_unit_semantic_drill_test_SOURCES = tests/unit/semantic_drill_test.c tests/unit/semantic_drill_help.h tests/unit/semantic_help.h
tests_unit_semantic_drill_test_LDADD = $(SEMANTIC_TEST_LIBS)
check_PROGRAMS += tests/unit/semantic_drill_rows_test
tests_unit_semantic_drill_rows_test_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS)
tests_unit_semantic_drill_rows_test_SOURCES = tests/unit/semantic_drill_rows_test.c tests/unit/semantic_drill_help.h \
	tests/unit/semantic_rows_help.h $(SEMANTIC_SERVER_SOURCES)
tests_unit_semantic_drill_rows_test_LDADD = $(SEMANTIC_SERVER_LIBS)
check_PROGRAMS += tests/unit/semantic_answers_test
tests_unit_semantic_answers_test_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS)
tests_unit_semantic_answers_test_SOURCES = tests/unit/semantic_answers_test.c tests/unit/semantic_rows_help.h $(SEMANTIC_SERVER_SOURCES)
tests_unit_semantic_answers_test_LDADD = $(SEMANTIC_SERVER_LIBS)
check_PROGRAMS += tests/unit/semantic_oracle_test
tests_unit_semantic_oracle_test_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS)
tests_unit_semantic_oracle_test_SOURCES = tests/unit/semantic_oracle_test.c tests/unit/semantic_rows_help.h $(SEMANTIC_SERVER_SOURCES)
tests_unit_semantic_oracle_test_LDADD = $(SEMANTIC_SERVER_LIBS)
check_PROGRAMS += tests/unit/semantic_compare_test
tests_unit_semantic_compare_test_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS)
tests_unit_semantic_compare_test_SOURCES = tests/unit/semantic_compare_test.c tests/unit/semantic_rows_help.h $(SEMANTIC_SERVER_SOURCES)
tests_unit_semantic_compare_test_LDADD = $(SEMANTIC_SERVER_LIBS)
