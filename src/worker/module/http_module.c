/*
 * The module `httpd`: links libmicrohttpd and hands its functions out.
 */
#include "src/worker/http_library.h"

const struct http_library ytempire_http_library = {
    .size = sizeof(struct http_library),
#define X(name) .name = name,
    HTTP_FUNCTIONS(X)
#undef X
};
