noinst_LIBRARIES += src/output/liboutput.a
ROOM_output = src/output/liboutput.a
src_output_liboutput_a_SOURCES = \
	src/output/csv.c \
	src/output/cube.c \
	src/output/formats.c \
	src/output/html.c \
	src/output/json.c \
	src/output/json_value.c \
	src/output/markdown.c \
	src/output/output.c \
	src/output/output_int.h \
	src/output/sink.c \
	src/output/table.c \
	src/output/tsv.c \
	src/output/vertical.c \
	src/output/writer.c
