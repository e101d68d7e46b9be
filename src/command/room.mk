noinst_LIBRARIES += src/command/libcommand.a
ROOM_command = src/command/libcommand.a
src_command_libcommand_a_SOURCES = \
	src/command/all.c \
	src/command/nouns.h \
	src/command/query.c
