noinst_LIBRARIES += src/migrate/libmigrate.a
ROOM_migrate = src/migrate/libmigrate.a
src_migrate_libmigrate_a_SOURCES = \
	src/migrate/apply.c \
	src/migrate/engine.c \
	src/migrate/files.c \
	src/migrate/history.c \
	src/migrate/lock.c \
	src/migrate/migrate_int.h \
	src/migrate/new.c \
	src/migrate/recover.c \
	src/migrate/run.c \
	src/migrate/split.c \
	src/migrate/stamp.c \
	src/migrate/status.c
