noinst_LIBRARIES += src/ui/libui.a
ROOM_ui = src/ui/libui.a
src_ui_libui_a_SOURCES = \
	src/ui/canvas.c \
	src/ui/canvas.h
