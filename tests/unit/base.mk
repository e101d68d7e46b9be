check_PROGRAMS += tests/unit/base_test
tests_unit_base_test_SOURCES = tests/unit/base_test.c
tests_unit_base_test_LDADD = $(RANK0) $(CMOCKA_LIBS) $(BASE_LIBS)
check_PROGRAMS += tests/unit/base_sha256_test
tests_unit_base_sha256_test_SOURCES = tests/unit/base_sha256_test.c
tests_unit_base_sha256_test_LDADD = $(CMOCKA_LIBS)
