check_PROGRAMS += tests/unit/ui_canvas_test
tests_unit_ui_canvas_test_SOURCES = tests/unit/ui_canvas_test.c tests/unit/ui_help.h
tests_unit_ui_canvas_test_LDADD = $(ROOM_ui) $(RANK1) $(CMOCKA_LIBS) $(INIH_LIBS) $(BASE_LIBS)
check_PROGRAMS += tests/unit/ui_result_test
tests_unit_ui_result_test_SOURCES = tests/unit/ui_result_test.c
tests_unit_ui_result_test_LDADD = $(ROOM_ui) $(RANK1) $(CMOCKA_LIBS) $(INIH_LIBS) $(BASE_LIBS)
