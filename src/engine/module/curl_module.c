/*
 * The module `curl`: links libcurl and hands its functions out.
 */
#include "src/engine/curl_library.h"

const struct curl_library ytempire_curl_library = {
    .size = sizeof(struct curl_library),
#define X(name) .name = name,
    CURL_FUNCTIONS(X)
#undef X
};
