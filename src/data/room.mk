noinst_LIBRARIES += src/data/libdata.a
ROOM_data = src/data/libdata.a
src_data_libdata_a_SOURCES = \
	src/data/cell.c \
	src/data/condition.c \
	src/data/sink.c \
	src/data/store.c \
	src/data/table.c \
	src/data/type.c
