noinst_LIBRARIES += src/ingest/libingest.a
ROOM_ingest = src/ingest/libingest.a
src_ingest_libingest_a_SOURCES = \
	src/ingest/batch.c \
	src/ingest/batch.h \
	src/ingest/category.c \
	src/ingest/category.h \
	src/ingest/copy.c \
	src/ingest/copy.h \
	src/ingest/csv.c \
	src/ingest/csv.h \
	src/ingest/fetch.c \
	src/ingest/fetch.h \
	src/ingest/fetch_int.h \
	src/ingest/fetch_quota.c \
	src/ingest/fetch_store.c \
	src/ingest/ingest.c \
	src/ingest/ingest_int.h \
	src/ingest/hours.c \
	src/ingest/input.c \
	src/ingest/input.h \
	src/ingest/pipeline.c \
	src/ingest/pipeline.h \
	src/ingest/quota.c \
	src/ingest/show.c \
	src/ingest/source_file.c \
	src/ingest/source_file.h \
	src/ingest/sources.c \
	src/ingest/store.c \
	src/ingest/store.h \
	src/ingest/tape.c \
	src/ingest/tape.h \
	src/ingest/tape_play.c \
	src/ingest/trending.c \
	src/ingest/trending.h \
	src/ingest/trending_load.c \
	src/ingest/values.c
