noinst_LIBRARIES += src/conf/libconf.a
ROOM_conf = src/conf/libconf.a
src_conf_libconf_a_SOURCES = \
	src/conf/conf.c \
	src/conf/conf_int.h \
	src/conf/line.c \
	src/conf/named.c \
	src/conf/options.c \
	src/conf/password.c \
	src/conf/path.c \
	src/conf/profile.c \
	src/conf/save.c \
	src/conf/themes.c
