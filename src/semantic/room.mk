noinst_LIBRARIES += src/semantic/libsemantic.a
ROOM_semantic = src/semantic/libsemantic.a
src_semantic_libsemantic_a_SOURCES = \
	src/semantic/bind.c \
	src/semantic/bind_filter.c \
	src/semantic/bound.h \
	src/semantic/compile.c \
	src/semantic/describe.c \
	src/semantic/describe.h \
	src/semantic/model.h \
	src/semantic/plan.c \
	src/semantic/query.h \
	src/semantic/scope.c \
	src/semantic/scope.h \
	src/semantic/write_carry.c \
	src/semantic/write_filter.c \
	src/semantic/write_leg.c \
	src/semantic/write_leg.h
