noinst_LIBRARIES += src/backup/libbackup.a
ROOM_backup = src/backup/libbackup.a
src_backup_libbackup_a_SOURCES = \
	src/backup/archive.c \
	src/backup/backup_int.h \
	src/backup/create.c \
	src/backup/folder.c \
	src/backup/keep.c \
	src/backup/list.c \
	src/backup/manifest.c \
	src/backup/program.c \
	src/backup/remote.c \
	src/backup/restore.c \
	src/backup/verify.c
