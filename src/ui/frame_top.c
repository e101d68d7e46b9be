/* The first line: the screens, where the session is, and how its servers are. */
#include <string.h>

#include "console.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/utf8.h"

static const char *dot(const struct console *console)
{
    return console->canvas->ascii ? "-" : "·";
}

static enum look health_look(const struct health_server *server)
{
    return server->state == HEALTH_OK        ? LOOK_OK
           : server->state == HEALTH_UNKNOWN ? LOOK_DIM
           : server->state == HEALTH_SLOW    ? LOOK_WARN
                                             : LOOK_ERROR;
}

/* "pg ● 0.4ms", "redis ✗ reconnecting 3s": in words as well as in colour. */
static void health_words(const struct console *console, const char *name, const struct health_server *server,
                         struct str *to)
{
    bool        ascii = console->canvas->ascii, ok = server->state == HEALTH_OK;
    const char *sign = ascii                             ? ok                                ? "ok"
                                                           : server->state == HEALTH_UNKNOWN ? "?"
                                                                                             : "!"
                       : ok                              ? "●"
                       : server->state == HEALTH_UNKNOWN ? "○"
                                                         : "✗";

    str_addf(to, "%s %s%s%s", name, sign, server->words[0] != '\0' ? " " : "", server->words);
}

static void who_we_are(const struct console *console, struct str *to)
{
    const struct app *app = console->app;
    const char       *profile = conf_text(app->conf, OPTION_PROFILE), *user = conf_text(app->conf, OPTION_AS_USER);

    str_addf(to, "%s %s %s", profile != NULL ? profile : app->target.local ? "local" : "remote", dot(console),
             user != NULL ? user : "all users");
}

/* Right to left, so that health stays when the line is short. Returns the column where it begins. */
static int draw_health(struct console *console, int right)
{
    struct {
        const char                 *name;
        const struct health_server *server;
    } servers[] = {{"redis", app_health_redis(console->health)}, {"pg", app_health_pg(console->health)}};

    for (size_t i = 0; i < COUNT_OF(servers); i++) {
        struct str words = STR_INIT;
        int        width;

        if (servers[i].server->state != HEALTH_NONE) {
            health_words(console, servers[i].name, servers[i].server, &words);
            width = (int)utf8_width(str_text(&words), words.length);
            right -= width + 2;
            if (right > 0)
                canvas_text(console->canvas, 0, right + 1, width, health_look(servers[i].server), str_text(&words),
                            words.length);
        }
        str_done(&words);
    }
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
    struct str     who = STR_INIT;
    int            left, right, width;

    canvas_fill(canvas, (struct area){0, 0, 1, canvas->columns}, LOOK_BAR);
    right = canvas->columns;
    left = draw_screens(console);
    if (console->app->undecided) {
        draw_undecided(console, left);
        return;
    }
    if (console->health != NULL)
        right = draw_health(console, right);
    who_we_are(console, &who);
    width = (int)utf8_width(str_text(&who), who.length);
    if (right - width - 2 > left)
        canvas_text(canvas, 0, right - width - 2, width, LOOK_BAR, str_text(&who), who.length);
    str_done(&who);
}
