noinst_LIBRARIES += src/base/libbase.a
ROOM_base = src/base/libbase.a
src_base_libbase_a_SOURCES = \
	src/base/compare.c \
	src/base/decimal.c \
	src/base/decimal_int.h \
	src/base/decimal_sum.c \
	src/base/error.c \
	src/base/file.c \
	src/base/log.c \
	src/base/md5.c \
	src/base/mem.c \
	src/base/new_file.c \
	src/base/secret.c \
	src/base/sha256.c \
	src/base/str.c \
	src/base/time.c \
	src/base/tree.c \
	src/base/utf8.c \
	src/base/word.c \
	src/base/zone.c
