/*
 * The server's one epoll descriptor is watched by the loop; after each run it says when it wants to run for a time-out.
 * Connections are accepted here: left to libmicrohttpd (0.9.75), the listening socket is taken out of the descriptor at
 * the limit, and put back by the next run only, which then nothing asks for.
 *
 * Invariant: `open` holds the connections, and `waits` is true of those that are suspended, and of no others;
 * libmicrohttpd ends none of them by itself.
 *
 * Where all places are taken, whoever knocks has that of the connection that has not asked for the longest time:
 * however many open one and say little, the watchdog of the service is answered.
 */
#include "http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http_library.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/time.h"

#define CONNECTIONS_MOST 16u
#define CONNECTION_MEMORY (size_t)(16 * 1024)
#define SILENCE_SECONDS 10u
#define NO_ROOM_US (US_PER_SECOND / 5)

struct place {
    struct MHD_Connection *connection;
    int64_t                asked_at;       /* when it was accepted, or asked last */
    bool                   waits, ended;   /* ended: shut down, and soon gone */
};

struct http {
    const struct http_library *library;
    struct http_options        options;
    struct MHD_Daemon         *server;
    struct loop_timer         *timer;
    struct place               open[CONNECTIONS_MOST];
    size_t                     open_count;
    int                        epoll, listener, port;
};

/* What is known of a request between two calls for it. */
enum stage { STAGE_HEAD = 1, STAGE_WAITED };

/* -- places -------------------------------------------------------------------------------------------------------- */

static struct place *place_of(struct http *http, const struct MHD_Connection *connection)
{
    for (size_t i = 0; i < http->open_count; i++)
        if (http->open[i].connection == connection)
            return &http->open[i];
    return NULL;
}

static void on_connection(void *who, struct MHD_Connection *connection, void **socket,
                          enum MHD_ConnectionNotificationCode code)
{
    struct http  *http = who;
    struct place *place = place_of(http, connection);

    (void)socket;
    if (code == MHD_CONNECTION_NOTIFY_STARTED && http->open_count < CONNECTIONS_MOST)
        http->open[http->open_count++] = (struct place){.connection = connection, .asked_at = monotonic_us()};
    else if (code == MHD_CONNECTION_NOTIFY_CLOSED && place != NULL)
        *place = http->open[--http->open_count];
}

/* The one that has not asked for the longest time and waits for nothing, or NULL. */
static struct place *idlest(struct http *http)
{
    struct place *found = NULL;

    for (size_t i = 0; i < http->open_count; i++)
        if (!http->open[i].waits && (found == NULL || http->open[i].asked_at < found->asked_at))
            found = &http->open[i];
    return found;
}

static void make_room(struct http *http)
{
    struct place *place = idlest(http);

    if (place == NULL || place->ended)
        return;
    place->ended = true;
    (void)shutdown(http->library->MHD_get_connection_info(place->connection, MHD_CONNECTION_INFO_CONNECTION_FD)
                       ->connect_fd, SHUT_RDWR);
}

/* -- answers ------------------------------------------------------------------------------------------------------- */

static enum MHD_Result send_page(struct http *http, struct MHD_Connection *connection, const struct http_page *page)
{
    const struct http_library *library = http->library;
    struct MHD_Response       *response = library->MHD_create_response_from_buffer(
        page->text.length, (void *)(uintptr_t)str_text(&page->text), MHD_RESPMEM_MUST_COPY);
    enum MHD_Result r;

    if (response == NULL)
        return MHD_NO;
    (void)library->MHD_add_response_header(response, "Content-Type", page->type);
    (void)library->MHD_add_response_header(response, "Cache-Control", "no-store");
    if (page->status == MHD_HTTP_METHOD_NOT_ALLOWED)
        (void)library->MHD_add_response_header(response, "Allow", "GET, HEAD");
    r = library->MHD_queue_response(connection, page->status, response);
    library->MHD_destroy_response(response);
    return r;
}

static enum MHD_Result send_words(struct http *http, struct MHD_Connection *connection, unsigned status,
                                  const char *words)
{
    struct http_page page = {.status = status, .type = "text/plain; charset=utf-8"};
    enum MHD_Result  r;

    str_add(&page.text, words);
    r = send_page(http, connection, &page);
    str_done(&page.text);
    return r;
}

static enum MHD_Result wait_for_page(struct http *http, struct MHD_Connection *connection, void **state)
{
    struct place *place = place_of(http, connection);

    *state = (void *)(uintptr_t)STAGE_WAITED;
    if (place != NULL)
        place->waits = true;
    http->library->MHD_suspend_connection(connection);
    return MHD_YES;
}

static enum MHD_Result on_request(void *who, struct MHD_Connection *connection, const char *path, const char *method,
                                  const char *version, const char *data, size_t *data_size, void **state)
{
    struct http     *http = who;
    struct place    *place = place_of(http, connection);
    struct http_page page = {0};
    bool             again = *state == (void *)(uintptr_t)STAGE_WAITED;
    enum MHD_Result  r;

    (void)version;
    (void)data;
    if (place != NULL)
        place->asked_at = monotonic_us();
    if (strcmp(method, "GET") != 0 && strcmp(method, "HEAD") != 0)
        return send_words(http, connection, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET and HEAD\n");
    if (*state == NULL) {
        *state = (void *)(uintptr_t)STAGE_HEAD;
        return MHD_YES;
    }
    if (*data_size > 0) {             /* a body, which nobody reads */
        *data_size = 0;
        return MHD_YES;
    }
    if (!http->options.answer(http->options.who, path, again, &page) && !again && place != NULL)
        return wait_for_page(http, connection, state);
    if (page.status == 0)
        r = send_words(http, connection, MHD_HTTP_NOT_FOUND, "there are /metrics and /healthz\n");
    else
        r = send_page(http, connection, &page);
    str_done(&page.text);
    return r;
}

/* -- in the loop --------------------------------------------------------------------------------------------------- */

static void run(struct http *http);

static void on_ready(int fd, short revents, void *who)
{
    (void)fd;
    (void)revents;
    run(who);
}

static void on_timer(void *who)
{
    struct http *http = who;

    http->timer = NULL;
    run(http);
}

static bool is_full(const struct http *http)
{
    return http->library->MHD_get_daemon_info(http->server, MHD_DAEMON_INFO_CURRENT_CONNECTIONS)->num_connections >=
           CONNECTIONS_MOST;
}

/* Who knocked has gone, or another has let it in: the next time is another's. */
static bool is_gone(int trouble)
{
    return trouble == EAGAIN || trouble == EINTR || trouble == ECONNABORTED;
}

static void accept_one(struct http *http, int fd)
{
    struct sockaddr_in from;
    socklen_t          length = sizeof from;
    int                one = accept4(fd, (struct sockaddr *)&from, &length, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (one < 0 && !is_gone(errno)) {                          /* no descriptor, no memory: the knocking would not end */
        loop_unwatch(http->options.loop, fd);
        loop_timer_cancel(http->options.loop, http->timer);
        http->timer = loop_timer(http->options.loop, NO_ROOM_US, on_timer, http);
        return;
    }
    if (one >= 0)                     /* it is closed by the server, also when it does not want it */
        (void)http->library->MHD_add_connection(http->server, one, (const struct sockaddr *)&from, length);
    run(http);
}

static void on_knock(int fd, short revents, void *who)
{
    struct http *http = who;

    (void)revents;
    if (!is_full(http)) {
        accept_one(http, fd);
        return;
    }
    make_room(http);
    run(http);
}

static void run(struct http *http)
{
    MHD_UNSIGNED_LONG_LONG ms = 0;

    (void)http->library->MHD_run(http->server);
    loop_watch(http->options.loop, http->listener, is_full(http) && idlest(http) == NULL ? 0 : POLLIN, on_knock, http);
    loop_timer_cancel(http->options.loop, http->timer);
    http->timer = NULL;
    if (http->library->MHD_get_timeout(http->server, &ms) == MHD_YES)
        http->timer = loop_timer(http->options.loop, (int64_t)ms * 1000, on_timer, http);
}

static bool resume_all(struct http *http)
{
    bool any = false;

    for (size_t i = 0; i < http->open_count; i++)
        if (http->open[i].waits) {
            http->open[i].waits = false;
            http->library->MHD_resume_connection(http->open[i].connection);
            any = true;
        }
    return any;
}

void http_go_on(struct http *http)
{
    if (resume_all(http))
        run(http);
}

/* -- its life ------------------------------------------------------------------------------------------------------ */

static int port_error(int port, struct error *error)
{
    if (errno != EADDRINUSE && errno != EACCES)
        return error_set(error, ERR_FAILED, "127.0.0.1:%d cannot be listened to: %s", port, strerror(errno));
    error_set(error, errno == EACCES ? ERR_USAGE : ERR_CONFLICT, "port %d of 127.0.0.1 %s", port,
              errno == EACCES ? "needs rights that this account has not"
                              : "is taken: another worker, or another program");
    error_hint(error, "--http-port takes another, '0' any that is free, 'off' none");
    return error != NULL ? error->code : ERR_CONFLICT;
}

static int listen_on(int port, int *ret_fd, int *ret_port, struct error *error)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t          length = sizeof address;
    int                fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), on = 1, r = 0;

    /* the port of a worker that has just ended is free */
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0 ||
        bind(fd, (const struct sockaddr *)&address, sizeof address) < 0 || listen(fd, CONNECTIONS_MOST) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &length) < 0)
        r = port_error(port, error);
    if (r < 0) {
        if (fd >= 0)
            (void)close(fd);
        return r;
    }
    *ret_fd = fd;
    *ret_port = ntohs(address.sin_port);
    return 0;
}

static int start(struct http *http, struct error *error)
{
    const union MHD_DaemonInfo *info;

    http->server = http->library->MHD_start_daemon(
        MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request, http,
        MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS_MOST, MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY,
        MHD_OPTION_CONNECTION_TIMEOUT, SILENCE_SECONDS,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, http, MHD_OPTION_END);
    if (http->server == NULL)
        return error_set(error, ERR_FAILED, "the server of /metrics does not start");
    info = http->library->MHD_get_daemon_info(http->server, MHD_DAEMON_INFO_EPOLL_FD);
    http->epoll = info->epoll_fd;
    loop_watch(http->options.loop, http->epoll, POLLIN, on_ready, http);
    loop_watch(http->options.loop, http->listener, POLLIN, on_knock, http);
    return 0;
}

int http_open(const struct http_options *options, struct http **ret_http, struct error *error)
{
    struct http *http = mem_alloc(sizeof *http);
    int          r;

    http->options = *options;
    http->listener = -1;
    r = http_library_get(&http->library, error);
    if (r >= 0)
        r = listen_on(options->port, &http->listener, &http->port, error);
    if (r >= 0)
        r = start(http, error);
    if (r < 0) {
        if (http->listener >= 0)
            (void)close(http->listener);
        mem_free(http);
        return r;
    }
    *ret_http = http;
    return 0;
}

void http_close(struct http *http)
{
    if (http == NULL)
        return;
    (void)resume_all(http);
    (void)http->library->MHD_run(http->server);
    (void)resume_all(http);                 /* who asked just now */
    loop_timer_cancel(http->options.loop, http->timer);
    loop_unwatch(http->options.loop, http->epoll);
    loop_unwatch(http->options.loop, http->listener);
    (void)close(http->listener);
    http->library->MHD_stop_daemon(http->server);
    mem_free(http);
}

int http_port(const struct http *http)
{
    return http->port;
}
