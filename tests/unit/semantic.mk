check_PROGRAMS += tests/unit/semantic_compile_test
tests_unit_semantic_compile_test_SOURCES = tests/unit/semantic_compile_test.c
tests_unit_semantic_compile_test_LDADD = $(ROOM_semantic) $(RANK1) $(CMOCKA_LIBS) $(SMALL_LIBS)
