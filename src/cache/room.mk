noinst_LIBRARIES += src/cache/libcache.a
ROOM_cache = src/cache/libcache.a
src_cache_libcache_a_SOURCES = \
	src/cache/answer.c \
	src/cache/cache.c \
	src/cache/cache_int.h \
	src/cache/classes.c \
	src/cache/foreign.c \
	src/cache/history.c \
	src/cache/keys.c \
	src/cache/look.c \
	src/cache/python.c \
	src/cache/reads.c \
	src/cache/recent.c \
	src/cache/rows.c \
	src/cache/scripts.c \
	src/cache/show.c \
	src/cache/touch.c \
	src/cache/warm.c \
	src/cache/warm_state.c
