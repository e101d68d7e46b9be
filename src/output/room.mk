noinst_LIBRARIES += src/output/liboutput.a
ROOM_output = src/output/liboutput.a
src_output_liboutput_a_CPPFLAGS = $(AM_CPPFLAGS) $(ZLIB_CFLAGS)
src_output_liboutput_a_SOURCES = \
	src/output/chart.c \
	src/output/chart_bar.c \
	src/output/chart_data.c \
	src/output/chart_data.h \
	src/output/chart_fill.c \
	src/output/chart_heat.c \
	src/output/chart_int.h \
	src/output/chart_line.c \
	src/output/chart_scale.c \
	src/output/chart_spark.c \
	src/output/csv.c \
	src/output/cube.c \
	src/output/formats.c \
	src/output/html.c \
	src/output/json.c \
	src/output/json_value.c \
	src/output/markdown.c \
	src/output/output.c \
	src/output/output_int.h \
	src/output/plot.c \
	src/output/plot_int.h \
	src/output/plot_kinds.c \
	src/output/sink.c \
	src/output/table.c \
	src/output/tsv.c \
	src/output/vertical.c \
	src/output/writer.c \
	src/output/xlsx.c \
	src/output/xlsx_cell.c \
	src/output/xlsx_int.h \
	src/output/zip.c \
	src/output/zip.h
