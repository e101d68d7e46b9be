noinst_LIBRARIES += src/ingest/libingest.a
ROOM_ingest = src/ingest/libingest.a
src_ingest_libingest_a_SOURCES = \
	src/ingest/csv.c \
	src/ingest/csv.h \
	src/ingest/input.c \
	src/ingest/input.h
