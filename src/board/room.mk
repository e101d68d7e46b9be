noinst_LIBRARIES += src/board/libboard.a
ROOM_board = src/board/libboard.a
src_board_libboard_a_SOURCES = \
	src/board/alert.c \
	src/board/board_int.h \
	src/board/draw.c \
	src/board/draw_chart.c \
	src/board/draw_int.h \
	src/board/draw_table.c \
	src/board/events.c \
	src/board/file.c \
	src/board/file_panel.c \
	src/board/layout.c \
	src/board/moments.c \
	src/board/rows.c \
	src/board/snapshot.c \
	src/board/value.c \
	src/board/words.c
