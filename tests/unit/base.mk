check_PROGRAMS += tests/unit/base_test
tests_unit_base_test_SOURCES = tests/unit/base_test.c
tests_unit_base_test_LDADD = $(RANK0) $(CMOCKA_LIBS) $(BASE_LIBS)
