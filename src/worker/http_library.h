/* libmicrohttpd as one table of functions, so that the executable need not link it: it drags in GnuTLS. */
#ifndef YTEMPIRE_WORKER_HTTP_LIBRARY_H
#define YTEMPIRE_WORKER_HTTP_LIBRARY_H

#include <microhttpd.h>

#include "ytempire/base/error.h"

#define HTTP_FUNCTIONS(X)                                                                                              \
    X(MHD_start_daemon) X(MHD_stop_daemon) X(MHD_get_daemon_info) X(MHD_get_timeout) X(MHD_run) X(MHD_add_connection)  \
    X(MHD_get_connection_info)                                                                                         \
    X(MHD_suspend_connection) X(MHD_resume_connection) X(MHD_create_response_from_buffer) X(MHD_add_response_header)   \
    X(MHD_queue_response) X(MHD_destroy_response)

struct http_library {
    size_t size;    /* of this struct: a module of another build is refused */
#define X(name) __typeof__(name) *name;
    HTTP_FUNCTIONS(X)
#undef X
};

#define HTTP_LIBRARY_SYMBOL "ytempire_http_library"
/* Weak: NULL unless the module's file is linked in, as tests do. */
extern const struct http_library ytempire_http_library __attribute__((weak));

/* The table, loaded on first use. It stays loaded. */
int http_library_get(const struct http_library **ret_library, struct error *error) NODISCARD;

#endif
