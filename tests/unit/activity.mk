check_PROGRAMS += tests/unit/activity_test
tests_unit_activity_test_SOURCES = tests/unit/activity_test.c
tests_unit_activity_test_LDADD = $(ROOM_activity) $(RANK2) $(CMOCKA_LIBS) $(SMALL_LIBS)
