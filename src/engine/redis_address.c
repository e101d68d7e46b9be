/*
 * Addresses of Redis, read strictly: what is not understood is refused, and never repeated, as it may be the password.
 */
#include <limits.h>
#include <string.h>
#include <strings.h>

#include "redis_internal.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

#define PORT 6379
#define DATABASES_MOST 1000000

static int refuse(struct error *error, const char *what)
{
    error_set(error, ERR_USAGE, "the address of Redis is wrong: %s", what);
    error_hint(error, "redis://[user:password@]host:port/database, or unix:/path");
    return ERR_USAGE;
}

static int hex_digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *found = c != '\0' ? strchr(digits, c | 0x20) : NULL;

    return found ? (int)(found - digits) : -1;
}

/* NULL when a '%' is not followed by two hex digits, or they stand for NUL. Caller frees. */
static char *decode(const char *text, size_t length)
{
    struct str made = STR_INIT;

    for (size_t i = 0; i < length; i++) {
        int high, low;

        if (text[i] != '%') {
            str_add_char(&made, text[i]);
            continue;
        }
        high = i + 2 < length ? hex_digit(text[i + 1]) : -1;
        low = i + 2 < length ? hex_digit(text[i + 2]) : -1;
        if (high < 0 || low < 0 || (high == 0 && low == 0)) {
            str_done(&made);
            return NULL;
        }
        str_add_char(&made, (char)(high * 16 + low));
        i += 2;
    }
    return str_take(&made);
}

/* "user:password" */
static int read_login(const char *text, size_t length, struct redis_address *ret, struct error *error)
{
    const char *colon = memchr(text, ':', length);

    if (!colon)
        return refuse(error, "a user without a password; a password alone is written ':password@'");
    ret->user = decode(text, (size_t)(colon - text));
    ret->password = decode(colon + 1, length - (size_t)(colon + 1 - text));
    if (!ret->user || !ret->password)
        return refuse(error, "in user and password a '%' begins a code of two hex digits, and '%' itself is '%25'");
    if (*ret->user == '\0')
        mem_free(TAKE(ret->user));
    if (!ret->user && *ret->password == '\0')
        mem_free(TAKE(ret->password));
    return 0;
}

static int read_number(const char *text, size_t length, int least, int most, int *ret)
{
    long long number;

    if (length == 0)
        return 0;
    if (text_to_int64(text, length, &number) < 0 || number < least || number > most)
        return ERR_USAGE;
    *ret = (int)number;
    return 0;
}

/* "host", "host:port", "[::1]:port" */
static int read_host(const char *text, size_t length, struct redis_address *ret, struct error *error)
{
    const char *end = text + length, *close, *port;

    if (length > 0 && *text == '[') {
        close = memchr(text, ']', length);
        if (!close)
            return refuse(error, "a '[' without its ']'");
        ret->host = mem_strndup(text + 1, (size_t)(close - text) - 1);
        port = close + 1;
        if (port < end && *port != ':')
            return refuse(error, "after ']' comes ':port' or '/database'");
    } else {
        port = memchr(text, ':', length);
        if (port && memchr(port + 1, ':', (size_t)(end - port) - 1))
            return refuse(error, "an IPv6 address is written in brackets, as in redis://[::1]:6379");
        port = port ? port : end;
        ret->host = port > text ? mem_strndup(text, (size_t)(port - text)) : mem_strdup("localhost");
    }
    port = port < end ? port + 1 : end;
    if (read_number(port, (size_t)(end - port), 1, 65535, &ret->port) < 0)
        return refuse(error, "the port is a number from 1 to 65535");
    return 0;
}

/* What follows "redis://". Only user and password may hold '@', so the last one ends them. */
static int read_url(const char *text, struct redis_address *ret, struct error *error)
{
    const char *at = strrchr(text, '@'), *host = at ? at + 1 : text, *path;
    int r = 0;

    if (at && strcspn(text, "/?#") < (size_t)(at - text))
        return refuse(error, "'/', '?' and '#' in user and password are written '%2F', '%3F' and '%23'");
    if (host[strcspn(host, "?#")] != '\0')
        return refuse(error, "nothing may follow the database");
    if (at)
        r = read_login(text, (size_t)(at - text), ret, error);
    path = host + strcspn(host, "/");
    if (r >= 0)
        r = read_host(host, (size_t)(path - host), ret, error);
    if (r < 0)
        return r;
    path += *path == '/';
    if (read_number(path, strlen(path), 0, DATABASES_MOST, &ret->database) < 0)
        return refuse(error, "the database is a number, as in redis://localhost:6379/0");
    ret->shown = strchr(ret->host, ':') ? mem_printf("[%s]:%d", ret->host, ret->port)
                                        : mem_printf("%s:%d", ret->host, ret->port);
    return 0;
}

/* "/path"; behind "unix:" (not plain) also "///path" and "//user:password@/path". */
static int read_unix(const char *text, bool plain, struct redis_address *ret, struct error *error)
{
    int r = 0;

    if (!plain && text_starts(text, "//")) {
        size_t length = strcspn(text + 2, "/");

        if (length > 0 && text[2 + length - 1] != '@')
            return refuse(error, "the path of a socket begins with '/', as in unix:/run/redis.sock");
        if (length > 0)
            r = read_login(text + 2, length - 1, ret, error);
        text += 2 + length;
    }
    if (r >= 0 && *text != '/')
        return refuse(error, "the path of a socket begins with '/', as in unix:/run/redis.sock");
    ret->path = r >= 0 ? mem_strdup(text) : NULL;
    ret->shown = r >= 0 ? mem_strdup(text) : NULL;
    return r;
}

static bool has_scheme(const char *text, const char *scheme)
{
    return strncasecmp(text, scheme, strlen(scheme)) == 0;
}

int redis_address_read(const char *text, struct redis_address *ret, struct error *error)
{
    struct redis_address made = {.port = PORT};
    int r;

    if (has_scheme(text, "redis://"))
        r = read_url(text + strlen("redis://"), &made, error);
    else if (has_scheme(text, "unix:"))
        r = read_unix(text + strlen("unix:"), false, &made, error);
    else if (*text == '/')
        r = read_unix(text, true, &made, error);
    else if (has_scheme(text, "rediss://"))
        r = refuse(error, "Redis with TLS (rediss://) is not known here; a tunnel can give it a local port");
    else
        r = refuse(error, "it begins with neither 'redis://' nor 'unix:' nor '/'");
    if (r < 0) {
        redis_address_done(&made);
        return r;
    }
    *ret = made;
    return 0;
}

void redis_address_done(struct redis_address *address)
{
    mem_free(address->path);
    mem_free(address->host);
    mem_free(address->user);
    mem_free(address->password);
    mem_free(address->shown);
    *address = (struct redis_address){0};
}
