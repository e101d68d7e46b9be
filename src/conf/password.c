/*
 * Passwords where libpq looks for them: lines host:port:database:user:password, of which the first that fits counts; '*'
 * fits all, '\' goes before a ':' or '\' that is meant.
 */
#include "conf_int.h"

#include <stdlib.h>
#include <string.h>

#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"

static char *password_path(void)
{
    const char *said = getenv("PGPASSFILE"), *home = getenv("HOME");

    if (said != NULL && said[0] != '\0')
        return mem_strdup(said);
    return home != NULL && home[0] == '/' ? path_join(home, ".pgpass") : NULL;
}

/* The text behind a field that is `value`, or '*' unless `exact`; NULL: it is something else. */
static const char *match(const char *at, const char *value, bool exact)
{
    if (!exact && at[0] == '*' && at[1] == ':')
        return at + 2;
    for (; *at != ':'; at++, value++) {
        if (*at == '\\')
            at++;
        if (*at == '\0' || *at == '\n' || *at != *value)
            return NULL;
    }
    return *value == '\0' ? at + 1 : NULL;
}

static bool fits(const char *line, const struct conf_login *login, bool exact)
{
    const char *fields[] = {login->host, login->port, login->database, login->user};

    for (size_t i = 0; i < COUNT_OF(fields) && line != NULL; i++)
        line = match(line, fields[i], exact);
    return line != NULL;
}

static void add_field(struct str *to, const char *value, char end)
{
    for (; *value != '\0'; value++) {
        if (*value == ':' || *value == '\\')
            str_add_char(to, '\\');
        str_add_char(to, *value);
    }
    str_add_char(to, end);
}

static void add_line(struct str *to, const struct conf_login *login, const char *password)
{
    add_field(to, login->host, ':');
    add_field(to, login->port, ':');
    add_field(to, login->database, ':');
    add_field(to, login->user, ':');
    add_field(to, password, '\n');
}

static void put_password(const struct conf_login *login, const char *password, const char *text, struct str *to)
{
    bool written = false;

    while (*text != '\0') {
        size_t length = strcspn(text, "\n");

        if (!written && *text != '#' && fits(text, login, false)) {
            add_line(to, login, password);
            written = true;
        }
        if (*text == '#' || !fits(text, login, true)) {
            str_add_bytes(to, text, length);
            str_add_char(to, '\n');
        }
        text += length + (text[length] == '\n');
    }
    if (!written)
        add_line(to, login, password);
}

static void wipe(char *text, size_t length)
{
    if (text != NULL)
        explicit_bzero(text, length);
}

int conf_password_keep(const struct conf_login *login, const char *password, struct error *error)
{
    _cleanup_(mem_freep) char *path = password_path(), *text = NULL;
    struct str                 out = STR_INIT;
    size_t                     length = 0;
    int                        r = 0;

    if (path == NULL)
        return error_set(error, ERR_USAGE, "there is no home to keep the password in");
    if (file_exists(path))
        r = file_read(path, CONF_FILE_MOST, &text, &length, error);
    if (r < 0)
        return r;
    put_password(login, password, text != NULL ? text : "", &out);
    r = conf_write_private(path, &out, error);
    wipe(out.data, out.length);
    wipe(text, length);
    str_done(&out);
    return r;
}
