noinst_LIBRARIES += src/activity/libactivity.a
ROOM_activity = src/activity/libactivity.a
src_activity_libactivity_a_SOURCES = \
	src/activity/activity_int.h \
	src/activity/locks.c \
	src/activity/look.c \
	src/activity/stop.c \
	src/activity/tree.c
