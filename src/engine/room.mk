noinst_LIBRARIES += src/engine/libengine.a
ROOM_engine = src/engine/libengine.a
src_engine_libengine_a_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS) $(HIREDIS_CFLAGS) $(CURL_CFLAGS)
src_engine_libengine_a_SOURCES = \
	src/engine/child.c \
	src/engine/curl_library.c \
	src/engine/curl_library.h \
	src/engine/http.c \
	src/engine/loop.c \
	src/engine/loop_internal.h \
	src/engine/pg.c \
	src/engine/pg_catalog.c \
	src/engine/pg_copy.c \
	src/engine/pg_error.c \
	src/engine/pg_internal.h \
	src/engine/pg_library.c \
	src/engine/pg_library.h \
	src/engine/pg_notify.c \
	src/engine/pg_options.c \
	src/engine/pg_query.c \
	src/engine/pg_statement.c \
	src/engine/pg_type.c \
	src/engine/postgres.c \
	src/engine/process.c \
	src/engine/process_internal.h \
	src/engine/redis.c \
	src/engine/redis_address.c \
	src/engine/redis_client.c \
	src/engine/redis_reply.c \
	src/engine/redis_wire.c \
	src/engine/redis_wire.h \
	src/engine/redis_internal.h \
	src/engine/task.c

# The module `pg`: libpq is most of the start-up of a program that links it, so it is opened on first use.
moduledir = $(pkglibdir)
module_PROGRAMS = modules/pg.so
modules_pg_so_SOURCES = src/engine/module/pg_module.c
modules_pg_so_CPPFLAGS = $(AM_CPPFLAGS) $(LIBPQ_CFLAGS)
modules_pg_so_LDFLAGS = $(AM_LDFLAGS) -shared
modules_pg_so_LDADD = $(LIBPQ_LIBS)

# The module `curl`: only what reads from APIs opens it.
module_PROGRAMS += modules/curl.so
modules_curl_so_SOURCES = src/engine/module/curl_module.c
modules_curl_so_CPPFLAGS = $(AM_CPPFLAGS) $(CURL_CFLAGS)
modules_curl_so_LDFLAGS = $(AM_LDFLAGS) -shared
modules_curl_so_LDADD = $(CURL_LIBS)
