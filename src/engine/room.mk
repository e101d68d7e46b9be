ROOM_engine =

# The module `pg`: libpq is most of the start-up of a program that links it, so it is opened on first use.
# (its source comes with the engine)
#moduledir = $(pkglibdir)
#module_PROGRAMS = modules/pg.so
#modules_pg_so_SOURCES = src/engine/module/pg_module.c src/engine/module/pg_module.h
#modules_pg_so_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS)
#modules_pg_so_LDFLAGS = $(AM_LDFLAGS) -shared
#modules_pg_so_LDADD = $(LIBPQ_LIBS)
