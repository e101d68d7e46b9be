noinst_LIBRARIES += src/sample/libsample.a
ROOM_sample = src/sample/libsample.a
src_sample_libsample_a_SOURCES = \
	src/sample/company.c \
	src/sample/company.h \
	src/sample/dimensions.c \
	src/sample/facts.c \
	src/sample/load.c \
	src/sample/loader.h \
	src/sample/rows.c
