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
	src/semantic/write_leg.h \
	src/semantic/edit.c \
	src/semantic/lex.c \
	src/semantic/lex.h \
	src/semantic/lex_point.c \
	src/semantic/lex_string.c \
	src/semantic/lex_word.c \
	src/semantic/parse.c \
	src/semantic/parse.h \
	src/semantic/parse_error.c \
	src/semantic/parse_filter.c \
	src/semantic/parse_period.c \
	src/semantic/period.c \
	src/semantic/print.c \
	src/semantic/print.h
