noinst_LIBRARIES += src/command/libcommand.a
ROOM_command = src/command/libcommand.a
src_command_libcommand_a_SOURCES = \
	src/command/all.c \
	src/command/args.c \
	src/command/chart.c \
	src/command/assist.c \
	src/command/assist_int.h \
	src/command/assist_offer.c \
	src/command/assist_spans.c \
	src/command/command_int.h \
	src/command/completion.c \
	src/command/console.c \
	src/command/condition.c \
	src/command/copy_header.c \
	src/command/copy_header.h \
	src/command/deadletters.c \
	src/command/doctor.c \
	src/command/export.c \
	src/command/find.c \
	src/command/groups.c \
	src/command/habits.c \
	src/command/help.c \
	src/command/help_program.c \
	src/command/ingest.c \
	src/command/jobs.c \
	src/command/keys.c \
	src/command/local.c \
	src/command/manual.c \
	src/command/manual_text.h \
	src/command/migrate.c \
	src/command/nouns.h \
	src/command/query.c \
	src/command/sample.c \
	src/command/pin.c \
	src/command/saved.c \
	src/command/session.c \
	src/command/split.c \
	src/command/sql.c \
	src/command/sql_lex.c \
	src/command/sql_lex.h \
	src/command/sql_statement.c \
	src/command/sql_statement.h \
	src/command/storage.c \
	src/command/theme.c \
	src/command/word.c \
	src/command/word.h
