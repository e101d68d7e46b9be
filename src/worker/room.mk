noinst_LIBRARIES += src/worker/libworker.a
ROOM_worker = src/worker/libworker.a
src_worker_libworker_a_CPPFLAGS = $(AM_CPPFLAGS) $(MICROHTTPD_CFLAGS)
src_worker_libworker_a_SOURCES = \
	src/worker/attempt.c \
	src/worker/http.c \
	src/worker/http.h \
	src/worker/http_library.c \
	src/worker/http_library.h \
	src/worker/log.c \
	src/worker/log.h \
	src/worker/metrics.c \
	src/worker/metrics.h \
	src/worker/notify.c \
	src/worker/notify.h \
	src/worker/pid_file.c \
	src/worker/pid_file.h \
	src/worker/side.c \
	src/worker/side.h \
	src/worker/sink.c \
	src/worker/sink.h \
	src/worker/tell.c \
	src/worker/text.c \
	src/worker/text.h \
	src/worker/worker.c \
	src/worker/worker_int.h

# The module `httpd`: only a worker opens it, and libmicrohttpd drags in GnuTLS.
module_PROGRAMS += modules/httpd.so
modules_httpd_so_SOURCES = src/worker/module/http_module.c
modules_httpd_so_CPPFLAGS = $(AM_CPPFLAGS) $(MICROHTTPD_CFLAGS)
modules_httpd_so_LDFLAGS = $(AM_LDFLAGS) -shared
modules_httpd_so_LDADD = $(MICROHTTPD_LIBS)
