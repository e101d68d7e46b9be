check_PROGRAMS += tests/unit/worker_text_test
tests_unit_worker_text_test_SOURCES = tests/unit/worker_text_test.c
tests_unit_worker_text_test_LDADD = $(ROOM_worker) $(RANK0) $(CMOCKA_LIBS) $(BASE_LIBS)
check_PROGRAMS += tests/unit/worker_http_test
# links the module's file, and with it libmicrohttpd, as a program does that wants no module
tests_unit_worker_http_test_CPPFLAGS = $(AM_CPPFLAGS) $(MICROHTTPD_CFLAGS)
tests_unit_worker_http_test_SOURCES = tests/unit/worker_http_test.c src/worker/module/http_module.c
tests_unit_worker_http_test_LDADD = $(ROOM_worker) $(RANK2) $(CMOCKA_LIBS) $(MICROHTTPD_LIBS) $(SMALL_LIBS)
