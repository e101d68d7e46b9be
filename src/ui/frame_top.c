/* The first line: the screens, where the session is, and how its servers are. */
#include <string.h>

#include "console.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/utf8.h"

static const char *dot(const struct console *console)
{
    return console->canvas->ascii ? "-" : "·";
}

static enum look health_look(enum health_state state)
{
    return state == HEALTH_OK        ? LOOK_OK
           : state == HEALTH_UNKNOWN ? LOOK_DIM
           : state == HEALTH_SLOW    ? LOOK_WARN
                                     : LOOK_ERROR;
}

static const char *health_sign(const struct console *console, enum health_state state)
{
    bool ascii = console->canvas->ascii;

    return state == HEALTH_OK        ? ascii ? "ok" : "●"
           : state == HEALTH_UNKNOWN ? ascii ? "?" : "○"
           : ascii                   ? "!"
                                     : "✗";
}

/* "pg ● 0.4ms", "redis ✗ reconnecting 3s": in words as well as in colour. */
static void health_words(const struct console *console, const char *name, const struct health_server *server,
                         struct str *to)
{
    str_addf(to, "%s %s%s%s", name, health_sign(console, server->state), server->words[0] != '\0' ? " " : "",
             server->words);
}

static void who_we_are(const struct console *console, struct str *to)
{
    const struct app *app = console->app;
    const char       *profile = conf_text(app->conf, OPTION_PROFILE), *user = conf_text(app->conf, OPTION_AS_USER);

    str_addf(to, "%s %s %s", profile != NULL ? profile : app->target.local ? "local" : "remote", dot(console),
             user != NULL ? user : "all users");
}

static int width_of(const struct str *words)
{
    return words->length > 0 ? (int)utf8_width(str_text(words), words->length) + 2 : 0;
}

static int draw_words(struct console *console, int right, enum look look, const struct str *words)
{
    int width = width_of(words);

    right -= width;
    if (width > 0 && right > 0)
        canvas_text(console->canvas, 0, right + 1, width - 2, look, str_text(words), words->length);
    return right;
}

/* "wk 1", "wk none, jobs wait". They are the first to go where the line is short; what is wrong with them is told before
 * who we are. Returns the column where they begin. */
static int draw_workers(struct console *console, int right, int left, int who)
{
    const struct health_workers *workers = app_health_workers(console->health);
    enum look  look = health_look(workers->state);
    struct str words = STR_INIT;

    if (workers->state == HEALTH_NONE)
        return right;
    if (workers->state == HEALTH_OK && workers->working == 0)
        look = LOOK_DIM;
    if (workers->state == HEALTH_UNKNOWN || workers->state == HEALTH_DOWN)
        str_addf(&words, "wk %s%s%s", health_sign(console, workers->state), workers->words[0] != '\0' ? " " : "",
                 workers->words);
    else
        str_addf(&words, "wk %s", workers->words);
    if (right - width_of(&words) - (look == LOOK_WARN || look == LOOK_ERROR ? 0 : who) > left)
        right = draw_words(console, right, look, &words);
    str_done(&words);
    return right;
}

/* Right to left, so that health stays when the line is short. Returns the column where it begins. */
static int draw_health(struct console *console, int left, int who)
{
    const struct health_server *pg = app_health_pg(console->health), *redis = app_health_redis(console->health);
    struct str pg_words = STR_INIT, redis_words = STR_INIT;
    int        right = console->canvas->columns;

    health_words(console, "pg", pg, &pg_words);
    if (redis->state != HEALTH_NONE)
        health_words(console, "redis", redis, &redis_words);
    right = draw_workers(console, right, left + width_of(&pg_words) + width_of(&redis_words), who);
    right = draw_words(console, right, health_look(redis->state), &redis_words);
    right = draw_words(console, right, health_look(pg->state), &pg_words);
    str_done(&pg_words);
    str_done(&redis_words);
    return right;
}

/* What fires on the boards that are open: "alert: warming fails", "3 alerts: warming fails". */
static void add_alerts(const struct console *console, struct str *to)
{
    const char *words = "";
    size_t      count = console_alerts(console, &words);

    if (count > 1)
        str_addf(to, "%zu alerts: %s", count, words);
    else if (count == 1)
        str_addf(to, "alert: %s", words);
}

/* Where nothing else has room, "alert" stands over the names of the screens. Returns the column where it begins. */
static int draw_alerts(struct console *console, int left, int right, const struct str *words)
{
    int least = (int)strcspn(str_text(words), ":"), room = right - left - 2, width = width_of(words) - 2;

    if (words->length == 0)
        return right;
    width = width < room ? width : room;
    if (width < least + 4) {
        canvas_print(console->canvas, 0, right > least ? right - least - 1 : 0, least + 2, LOOK_ERROR, " %.*s ", least,
                     str_text(words));
        return left;
    }
    right -= width + 2;
    canvas_text_cut(console->canvas, 0, right + 1, width, LOOK_ERROR, str_text(words), words->length);
    return right;
}

/* The same of a session for which no database was chosen yet. */
static void draw_undecided(struct console *console, int left)
{
    struct canvas *canvas = console->canvas;
    const char    *sign = canvas->ascii ? "-" : "–";

    for (size_t i = 0; i < 2; i++) {
        _cleanup_(mem_freep) char *words =
            mem_printf("pg %s no database%s", sign, i == 0 ? " is chosen: 'connect' chooses one" : "");
        int width = (int)utf8_width(words, strlen(words)), at = canvas->columns - width - 1;

        if (at > left) {
            canvas_text(canvas, 0, at, width, LOOK_WARN, words, strlen(words));
            return;
        }
    }
}

/* " 1 Query  3 Jobs …"; on a short line only the digits of those that are not shown. */
static int draw_screens(struct console *console)
{
    const struct screen *shown = console->live != NULL ? live_screen(console->live) : NULL;
    bool                 is_short = console->canvas->columns < 110;
    bool                 query = !console_has_panels(console), board = console->board != NULL;
    int                  x;

    x = canvas_print(console->canvas, 0, 0, -1, query ? LOOK_BAR_ACTIVE : LOOK_BAR,
                     query || !is_short ? " 1 Query " : " 1 ");
    x += canvas_print(console->canvas, 0, x, -1, board ? LOOK_BAR_ACTIVE : LOOK_BAR,
                      board || !is_short ? " 2 Boards " : " 2 ");
    for (const struct screen *screen = screens; screen->name != NULL; screen++)
        if (screen == shown || !is_short)
            x += canvas_print(console->canvas, 0, x, -1, screen == shown ? LOOK_BAR_ACTIVE : LOOK_BAR, " %c %s ",
                              screen->digit, screen->title);
        else
            x += canvas_print(console->canvas, 0, x, -1, LOOK_BAR, " %c ", screen->digit);
    return x;
}

void frame_draw_top(struct console *console)
{
    struct canvas *canvas = console->canvas;
    struct str     who = STR_INIT, alerts = STR_INIT;
    int            left, right, width;

    canvas_fill(canvas, (struct area){0, 0, 1, canvas->columns}, LOOK_BAR);
    right = canvas->columns;
    left = draw_screens(console);
    if (console->app->undecided) {
        draw_undecided(console, left);
        return;
    }
    who_we_are(console, &who);
    add_alerts(console, &alerts);
    width = width_of(&who);
    if (console->health != NULL)
        right = draw_health(console, left, alerts.length > 0 ? width_of(&alerts) : width);
    right = draw_alerts(console, left, right, &alerts);
    if (right - width > left)
        canvas_text(canvas, 0, right - width, width - 2, LOOK_BAR, str_text(&who), who.length);
    str_done(&who);
    str_done(&alerts);
}
