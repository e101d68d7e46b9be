check_PROGRAMS += tests/unit/app_health_test
# links the module's file, and with it libpq, as a program does that wants no module
tests_unit_app_health_test_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS)
tests_unit_app_health_test_SOURCES = tests/unit/app_health_test.c src/engine/module/pg_module.c
tests_unit_app_health_test_LDADD = $(RANK4) $(CMOCKA_LIBS) $(LIBPQ_LIBS) $(SMALL_LIBS)
check_PROGRAMS += tests/unit/app_profile_test
tests_unit_app_profile_test_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS)
tests_unit_app_profile_test_SOURCES = tests/unit/app_profile_test.c src/engine/module/pg_module.c
tests_unit_app_profile_test_LDADD = $(RANK4) $(CMOCKA_LIBS) $(LIBPQ_LIBS) $(SMALL_LIBS)
check_PROGRAMS += tests/unit/app_model_test
tests_unit_app_model_test_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS)
tests_unit_app_model_test_SOURCES = tests/unit/app_model_test.c src/engine/module/pg_module.c
tests_unit_app_model_test_LDADD = $(RANK4) $(CMOCKA_LIBS) $(LIBPQ_LIBS) $(SMALL_LIBS)
check_PROGRAMS += tests/unit/app_saved_test
tests_unit_app_saved_test_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS)
tests_unit_app_saved_test_SOURCES = tests/unit/app_saved_test.c tests/unit/app_place.h src/engine/module/pg_module.c
tests_unit_app_saved_test_LDADD = $(RANK4) $(CMOCKA_LIBS) $(LIBPQ_LIBS) $(SMALL_LIBS)
check_PROGRAMS += tests/unit/app_pin_test
tests_unit_app_pin_test_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS)
tests_unit_app_pin_test_SOURCES = tests/unit/app_pin_test.c tests/unit/app_place.h src/engine/module/pg_module.c
tests_unit_app_pin_test_LDADD = $(RANK4) $(CMOCKA_LIBS) $(LIBPQ_LIBS) $(SMALL_LIBS)
check_PROGRAMS += tests/unit/app_advise_test
tests_unit_app_advise_test_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS)
tests_unit_app_advise_test_SOURCES = tests/unit/app_advise_test.c tests/unit/app_place.h tests/unit/server.h tests/unit/warehouse.h src/engine/module/pg_module.c
tests_unit_app_advise_test_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=model_load_with_rollup
tests_unit_app_advise_test_LDADD = $(RANK4) $(CMOCKA_LIBS) $(LIBPQ_LIBS) $(SMALL_LIBS)
