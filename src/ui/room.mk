noinst_LIBRARIES += src/ui/libui.a
ROOM_ui = src/ui/libui.a
src_ui_libui_a_SOURCES = \
	src/ui/canvas.c \
	src/ui/canvas.h \
	src/ui/history.c \
	src/ui/history.h \
	src/ui/grid.c \
	src/ui/grid.h \
	src/ui/grid_columns.c \
	src/ui/grid_copy.c \
	src/ui/grid_draw.c \
	src/ui/grid_expand.c \
	src/ui/grid_filter.c \
	src/ui/grid_int.h \
	src/ui/grid_key.c \
	src/ui/grid_move.c \
	src/ui/grid_order.c \
	src/ui/grid_pivot.c \
	src/ui/grid_search.c \
	src/ui/grid_select.c \
	src/ui/grid_sort.c \
	src/ui/input.c \
	src/ui/input.h \
	src/ui/input_names.c \
	src/ui/input_names.h \
	src/ui/prompt.c \
	src/ui/prompt.h \
	src/ui/prompt_draw.c \
	src/ui/prompt_ghost.c \
	src/ui/prompt_int.h \
	src/ui/prompt_keys.c \
	src/ui/prompt_layout.c \
	src/ui/prompt_popup.c \
	src/ui/result.c \
	src/ui/result.h \
	src/ui/terminal.c \
	src/ui/terminal.h \
	src/ui/terminal_int.h \
	src/ui/terminal_out.c \
	src/ui/terminal_rescue.c \
	src/ui/terminal_screen.c
