noinst_LIBRARIES += src/api/libapi.a
ROOM_api = src/api/libapi.a
src_api_libapi_a_SOURCES = \
	src/api/answer.c \
	src/api/api.c \
	src/api/api_int.h \
	src/api/token.c
