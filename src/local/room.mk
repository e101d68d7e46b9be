noinst_LIBRARIES += src/local/liblocal.a
ROOM_local = src/local/liblocal.a
src_local_liblocal_a_SOURCES = \
	src/local/local.c \
	src/local/local_internal.h \
	src/local/lock.c \
	src/local/place.c \
	src/local/postgres.c \
	src/local/postgres_make.c \
	src/local/postgres_programs.c \
	src/local/probe.c \
	src/local/redis.c \
	src/local/tree.c \
	src/local/worker.c
