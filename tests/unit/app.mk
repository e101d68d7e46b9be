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
tests_unit_app_saved_test_SOURCES = tests/unit/app_saved_test.c src/engine/module/pg_module.c
tests_unit_app_saved_test_LDADD = $(RANK4) $(CMOCKA_LIBS) $(LIBPQ_LIBS) $(SMALL_LIBS)
