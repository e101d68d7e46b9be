noinst_LIBRARIES += src/app/libapp.a
ROOM_app = src/app/libapp.a
src_app_libapp_a_SOURCES = \
	src/app/app.c \
	src/app/ask.c \
	src/app/ask_cache.c \
	src/app/ask_cache.h \
	src/app/ask_compared.c \
	src/app/ask_explain.c \
	src/app/ask_int.h \
	src/app/ask_lint.c \
	src/app/ask_model.c \
	src/app/ask_note.c \
	src/app/ask_shortcut.c \
	src/app/cache.c \
	src/app/cache_int.h \
	src/app/cache_names.c \
	src/app/doctor.c \
	src/app/doctor_int.h \
	src/app/doctor_pg.c \
	src/app/doctor_place.c \
	src/app/doctor_rights.c \
	src/app/doctor_terminal.c \
	src/app/export.c \
	src/app/health.c \
	src/app/health_int.h \
	src/app/health_watch.c \
	src/app/model_files.c \
	src/app/model_files.h \
	src/app/pin_ask.c \
	src/app/rollup.c \
	src/app/rollup_advise.c \
	src/app/rollup_aggregate.c \
	src/app/rollup_check.c \
	src/app/rollup_int.h \
	src/app/rollup_refresh.c \
	src/app/rollup_refresh.h \
	src/app/pin_compare.c \
	src/app/pin_file.c \
	src/app/saved.c \
	src/app/saved_int.h \
	src/app/search.c \
	src/app/values.c \
	src/app/warm.c \
	src/app/warm_file.c \
	src/app/warm_int.h \
	src/app/warm_lint.c
