/*
 * Writing a profile into config.ini. The file is the person's: every line that is not the profile's `dsn` or `local`
 * (or `redis`, where another is written) is copied byte for byte. Lines are told apart by inih's rules: an indented one
 * after a name goes on with its value.
 */
#include "conf_int.h"

#include <stdlib.h>
#include <string.h>

#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"

int conf_write_private(const char *path, const struct str *text, struct error *error)
{
    char                      *found = realpath(path, NULL);
    _cleanup_(mem_freep) char *real = mem_strdup(found != NULL ? found : path);
    _cleanup_(mem_freep) char *folder = mem_strdup(real);
    char                      *slash = strrchr(folder, '/');
    int                        r = 0;

    free(found);
    if (slash != NULL && slash != folder) {
        *slash = '\0';
        r = file_make_folders(folder, 0700, error);
    }
    return r < 0 ? r : file_write(real, str_text(text), text->length, 0600, error);
}

/* -- lines --------------------------------------------------------------------------------------------------------- */

struct editor {
    const char *profile, *dsn;
    const char *redis;          /* stands behind the dsn; NULL: what the profile says of it stays */
    struct str  out;
    bool        after_header;   /* the profile has no dsn to replace: it goes behind the section's first line */
    bool        inside;         /* the section is the profile's */
    bool        in_value;       /* a name came before, which an indented line goes on with */
    bool        dropping;       /* … and it was taken away */
    bool        found, written;
};

static size_t skip_blanks(const char *line, size_t length)
{
    size_t at = 0;

    while (at < length && (line[at] == ' ' || line[at] == '\t' || line[at] == '\r'))
        at++;
    return at;
}

static void write_dsn(struct editor *editor)
{
    if (!editor->written)
        str_addf(&editor->out, "dsn = %s\n", editor->dsn);
    if (!editor->written && editor->redis != NULL)
        str_addf(&editor->out, "redis = %s\n", editor->redis);
    editor->written = true;
}

static bool is_name(const char *line, size_t length, const char *name)
{
    size_t end = 0;

    while (end < length && line[end] != '=' && line[end] != ':')
        end++;
    while (end > 0 && (line[end - 1] == ' ' || line[end - 1] == '\t'))
        end--;
    return strlen(name) == end && memcmp(line, name, end) == 0;
}

static void enter_section(struct editor *editor, const char *name, size_t length)
{
    const char *end = memchr(name, ']', length);

    if (end == NULL)
        return;
    editor->inside =
        strlen(editor->profile) == (size_t)(end - name) && memcmp(name, editor->profile, (size_t)(end - name)) == 0;
    editor->found = editor->found || editor->inside;
    editor->in_value = editor->dropping = false;
}

/* Whether the line is to stay. */
static bool keep_line(struct editor *editor, const char *line, size_t length)
{
    size_t      blanks = skip_blanks(line, length), rest = length - blanks;
    const char *text = line + blanks;
    bool        is_dsn;

    if (rest == 0 || *text == ';' || *text == '#')
        return true;
    if (editor->in_value && blanks > 0)
        return !editor->dropping;
    if (*text == '[') {
        enter_section(editor, text + 1, rest - 1);
        return true;
    }
    is_dsn = is_name(text, rest, "dsn");
    editor->in_value = true;
    editor->dropping = editor->inside && (is_dsn || is_name(text, rest, "local") ||
                                          (editor->redis != NULL && is_name(text, rest, "redis")));
    if (editor->dropping && is_dsn)
        write_dsn(editor);
    return !editor->dropping;
}

static void edit(struct editor *editor, const char *text)
{
    if (text_starts(text, "\xef\xbb\xbf")) {
        str_add(&editor->out, "\xef\xbb\xbf");
        text += 3;
    }
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        bool   was_inside = editor->inside;

        if (keep_line(editor, text, length)) {
            str_add_bytes(&editor->out, text, length);
            str_add_char(&editor->out, '\n');
        }
        if (editor->after_header && editor->inside && !was_inside)
            write_dsn(editor);
        text += length + (text[length] == '\n');
    }
}

static void save_into(const char *profile, const char *dsn, const char *redis, const char *text, struct str *to)
{
    struct editor editor = {.profile = profile, .dsn = dsn, .redis = redis};

    edit(&editor, text);
    if (editor.found && !editor.written) {
        str_done(&editor.out);
        editor = (struct editor){.profile = profile, .dsn = dsn, .redis = redis, .after_header = true};
        edit(&editor, text);
    }
    if (!editor.found) {
        str_addf(&editor.out, "%s[%s]\n", editor.out.length > 0 ? "\n" : "", profile);
        write_dsn(&editor);
    }
    *to = editor.out;
}

/* -- the face ------------------------------------------------------------------------------------------------------ */

static int check_value(const char *name, const char *value, struct error *error)
{
    if (strlen(name) + strlen(" = ") + strlen(value) > CONF_LINE_MOST || strpbrk(value, "\r\n;") != NULL)
        return error_set(error, ERR_USAGE,
                         "'%s' cannot stand in a line of config.ini, which has at most %d characters and no ';'", name,
                         CONF_LINE_MOST);
    return 0;
}

static int check(const char *profile, const char *dsn, const char *redis, struct error *error)
{
    int    r;
    size_t length = strlen(profile);

    for (size_t i = 0; i < length; i++)
        if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.", profile[i]) == NULL)
            length = 0;
    if (length == 0 || length > CONF_SECTION_MOST)
        return error_set(error, ERR_USAGE, "a profile's name is of letters, digits, '_', '-' and '.', at most %d",
                         CONF_SECTION_MOST);
    r = check_value("dsn", dsn, error);
    return r < 0 || redis == NULL ? r : check_value("redis", redis, error);
}

int conf_profile_save(const char *profile, const char *dsn, const char *redis, struct error *error)
{
    _cleanup_(conf_freep) struct conf *fresh = conf_new();
    _cleanup_(mem_freep) char *path = conf_config_path("config.ini"), *text = NULL;
    struct str                 out = STR_INIT;
    int                        r = check(profile, dsn, redis, error);

    if (r >= 0)
        r = conf_read_profile(fresh, profile, false, error);     /* what is broken is not written over */
    if (r >= 0 && file_exists(path))
        r = file_read(path, CONF_FILE_MOST, &text, NULL, error);
    if (r < 0)
        return r;
    save_into(profile, dsn, redis, text != NULL ? text : "", &out);
    r = conf_write_private(path, &out, error);
    str_done(&out);
    return r;
}
