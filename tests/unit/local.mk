check_PROGRAMS += tests/unit/local_test
# links the module's file, and with it libpq, as a program does that wants no module
tests_unit_local_test_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS)
tests_unit_local_test_SOURCES = tests/unit/local_test.c tests/unit/local_help.h src/engine/module/pg_module.c
tests_unit_local_test_LDADD = $(ROOM_local) $(ROOM_engine) $(RANK1) $(CMOCKA_LIBS) $(HIREDIS_LIBS) $(INIH_LIBS) $(BASE_LIBS) $(LIBPQ_LIBS)
