/* libcurl as one table of functions, so that the executable need not link it: it drags in TLS, LDAP and Kerberos. */
#ifndef YTEMPIRE_ENGINE_CURL_LIBRARY_H
#define YTEMPIRE_ENGINE_CURL_LIBRARY_H

#define CURL_DISABLE_TYPECHECK         /* its macros stand where names of functions are meant */
#include <curl/curl.h>

#include "ytempire/base/error.h"

#define CURL_FUNCTIONS(X)                                                                                              \
    X(curl_global_init) X(curl_easy_init) X(curl_easy_cleanup) X(curl_easy_setopt) X(curl_easy_getinfo)                \
    X(curl_easy_strerror) X(curl_slist_append) X(curl_slist_free_all) X(curl_multi_init) X(curl_multi_cleanup)         \
    X(curl_multi_setopt) X(curl_multi_add_handle) X(curl_multi_remove_handle) X(curl_multi_socket_action)              \
    X(curl_multi_info_read) X(curl_url) X(curl_url_cleanup) X(curl_url_set) X(curl_url_get) X(curl_free)

struct curl_library {
    size_t size;    /* of this struct: a module of another build is refused */
#define X(name) __typeof__(name) *name;
    CURL_FUNCTIONS(X)
#undef X
};

#define CURL_LIBRARY_SYMBOL "ytempire_curl_library"
/* Weak: NULL unless the module's file is linked in, as tests do. */
extern const struct curl_library ytempire_curl_library __attribute__((weak));

/* The table, loaded and initialized on first use. It stays loaded. */
int curl_library_get(const struct curl_library **ret_library, struct error *error) NODISCARD;

#endif
