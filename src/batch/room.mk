noinst_LIBRARIES += src/batch/libbatch.a
ROOM_batch = src/batch/libbatch.a
src_batch_libbatch_a_SOURCES = \
	src/batch/batch.c \
	src/batch/batch_int.h \
	src/batch/progress.c \
	src/batch/pictures.c \
	src/batch/prompt.c \
	src/batch/sink.c \
	src/batch/style.c
