noinst_LIBRARIES += src/jobs/libjobs.a
ROOM_jobs = src/jobs/libjobs.a
src_jobs_libjobs_a_SOURCES = \
	src/jobs/attempt.c \
	src/jobs/cancel.c \
	src/jobs/cron.c \
	src/jobs/jobs_int.h \
	src/jobs/put.c \
	src/jobs/runner.c \
	src/jobs/runner.h \
	src/jobs/runner_attempt.c \
	src/jobs/runner_hand.c \
	src/jobs/runner_turn.c \
	src/jobs/schedule.c \
	src/jobs/show.c \
	src/jobs/timescaledb.c \
	src/jobs/values.c
