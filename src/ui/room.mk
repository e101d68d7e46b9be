noinst_LIBRARIES += src/ui/libui.a
ROOM_ui = src/ui/libui.a
src_ui_libui_a_SOURCES = \
	src/ui/canvas.c \
	src/ui/canvas.h \
	src/ui/input.c \
	src/ui/input.h \
	src/ui/input_names.c \
	src/ui/input_names.h \
	src/ui/result.c \
	src/ui/result.h \
	src/ui/terminal.c \
	src/ui/terminal.h \
	src/ui/terminal_int.h \
	src/ui/terminal_out.c \
	src/ui/terminal_rescue.c \
	src/ui/terminal_screen.c
