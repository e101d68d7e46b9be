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
	src/migrate/show.c \
	src/migrate/split.c \
	src/migrate/stamp.c \
	src/migrate/statistics.c \
	src/migrate/status.c
src_migrate_libmigrate_a_SOURCES += \
	src/migrate/drift.c \
	src/migrate/effects.c \
	src/migrate/known.c \
	src/migrate/lint.c \
	src/migrate/lint.h \
	src/migrate/plan.c \
	src/migrate/rules.c \
	src/migrate/rules_alter.c \
	src/migrate/rules_storage.c \
	src/migrate/storage.c \
	src/migrate/storage_looks.c \
	src/migrate/tree.c \
	src/migrate/verify.c \
	src/migrate/verify.h
