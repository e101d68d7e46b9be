# Answers the questions of the metamorphic tests; links the file of the module `pg`, and with it libpq. See run.
EXTRA_PROGRAMS += tests/metamorphic/asker
tests_metamorphic_asker_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS)
tests_metamorphic_asker_SOURCES = tests/metamorphic/asker.c src/engine/module/pg_module.c
tests_metamorphic_asker_LDADD = $(RANK3) $(LIBPQ_LIBS) $(SMALL_LIBS)

metamorphic: all
	tests/metamorphic/run
.PHONY: metamorphic
