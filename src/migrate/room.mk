noinst_LIBRARIES += src/migrate/libmigrate.a
ROOM_migrate = src/migrate/libmigrate.a
src_migrate_libmigrate_a_SOURCES = \
	src/migrate/files.c \
	src/migrate/migrate_int.h \
	src/migrate/split.c
