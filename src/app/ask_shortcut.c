/*
 * The shortcut: who asks the same line twice in a minute needs neither the model nor PostgreSQL to know the key. It
 * stands for more than the key does (the text as it was typed, the files' times, the connection as it was written), so
 * that it never leads astray. What is secret in it is hashed with a salt that is this account's alone.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ask_cache.h"
#include "model_files.h"
#include "ytempire/base/file.h"

#define SALT_MOST 64

extern char **environ;

/* -- the salt ------------------------------------------------------------------------------------------------------ */

static void write_salt(const char *path, const char *text)
{
    char       *folder = mem_strndup(path, (size_t)(strrchr(path, '/') - path));
    int         fd = -1;
    bool        made = file_make_folders(folder, 0700, NULL) >= 0;

    if (made)
        fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0 && fd_write_all(fd, text, strlen(text)) < 0)
        (void)unlink(path);
    if (fd >= 0)
        close(fd);
    mem_free(folder);
}

static char *new_salt(void)
{
    unsigned char bytes[16];
    struct str    text = STR_INIT;

    if (getrandom(bytes, sizeof bytes, GRND_NONBLOCK) != (ssize_t)sizeof bytes)
        return NULL;
    for (size_t i = 0; i < sizeof bytes; i++)
        str_addf(&text, "%02x", bytes[i]);
    return str_take(&text);
}

/* Of this account on this machine; NULL where none can be kept. A reader sees a whole one or what is too short. */
static const char *salt_of(struct app_cache *session)
{
    _cleanup_(mem_freep) char *path = conf_state_path("salt");
    _cleanup_(mem_freep) char *made = NULL;
    size_t length = 0;

    if (session->salt != NULL)
        return session->salt;
    if (!file_exists(path) && (made = new_salt()) != NULL)
        write_salt(path, made);
    if (file_read(path, SALT_MOST, &session->salt, &length, NULL) < 0 || length < 32) {
        mem_free(TAKE(session->salt));
        return NULL;
    }
    return session->salt;
}

/* -- what is hashed ------------------------------------------------------------------------------------------------ */

static void add(struct sha256 *sha, const char *name, const char *text)
{
    sha256_add(sha, name, strlen(name) + 1);
    sha256_add(sha, text != NULL ? "1" : "0", 1);
    if (text != NULL)
        sha256_add(sha, text, strlen(text) + 1);
}

/* What libpq reads besides. A service file may change under the same name: who uses one has no shortcut. */
static bool add_environment(struct sha256 *sha)
{
    char **sorted = NULL;
    size_t count = 0, room = 0;

    for (char **one = environ; *one != NULL; one++) {
        size_t i = count;

        if (!text_starts(*one, "PG"))
            continue;
        VEC_PUSH(sorted, count, room, *one);
        for (; i > 0 && strcmp(sorted[i - 1], *one) > 0; i--)
            sorted[i] = sorted[i - 1];
        sorted[i] = *one;
    }
    for (size_t i = 0; i < count; i++)
        add(sha, "env", sorted[i]);
    mem_free(sorted);
    return getenv("PGSERVICE") == NULL;
}

static bool hash_place(struct app *app, struct app_cache *session, char ret_place[static SHA256_TEXT_SIZE])
{
    struct sha256 sha;
    const char   *salt = salt_of(session), *dsn = app_dsn(app);

    if (salt == NULL || (dsn != NULL && strstr(dsn, "service") != NULL))
        return false;
    sha256_begin(&sha);
    add(&sha, "salt", salt);
    add(&sha, "dsn", dsn);
    add(&sha, "password", app_password(app));
    if (!add_environment(&sha))
        return false;
    sha256_end(&sha, ret_place);
    return true;
}

static void add_files(struct app *app, struct sha256 *sha)
{
    struct model_look look;

    model_look_begin(&look, app, NULL);
    model_look_stamp(&look);
    add(sha, "own", look.own);
    add(sha, "folder", look.folder);
    add(sha, "files", str_text(&look.stamp));
    model_look_done(&look);
}

bool ask_shortcut(struct app *app, struct app_cache *session, const char *text, int64_t now,
                  char ret_shortcut[static SHA256_TEXT_SIZE], char ret_place[static SHA256_TEXT_SIZE])
{
    _cleanup_(arena_freep) struct arena *arena = arena_new();
    const struct query *previous = ask_of(app)->previous;
    char                minute[TIME_TEXT_SIZE];
    struct sha256       sha;

    if (conf_text(app->conf, OPTION_AS_USER) != NULL || !hash_place(app, session, ret_place))
        return false;
    sha256_begin(&sha);
    add(&sha, "version", PROGRAM_VERSION);
    add(&sha, "place", ret_place);
    add(&sha, "text", text);
    add(&sha, "previous", previous != NULL ? query_to_line(arena, previous) : NULL);
    add(&sha, "tz", conf_text(app->conf, OPTION_TZ));
    add(&sha, "minute", instant_to_text(now, minute));
    for (const char *const *name = app_variable_names(app); *name != NULL; name++) {
        add(&sha, "variable", *name);
        add(&sha, "value", app_variable(app, *name, strlen(*name)));
    }
    add_files(app, &sha);
    sha256_end(&sha, ret_shortcut);
    return true;
}
