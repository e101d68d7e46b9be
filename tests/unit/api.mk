check_PROGRAMS += tests/unit/api_test
tests_unit_api_test_CPPFLAGS = $(AM_CPPFLAGS) $(CURL_CFLAGS)
tests_unit_api_test_SOURCES = tests/unit/api_test.c tests/unit/http_server.h tests/unit/task_test.h src/engine/module/curl_module.c
tests_unit_api_test_LDADD = $(ROOM_api) $(RANK2) $(CMOCKA_LIBS) $(CURL_LIBS) $(SMALL_LIBS)
