/*
 * Invariant: `known` is sorted by length, the longest first, so that of a secret within another the longer is hidden.
 */
#include "ytempire/base/secret.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"

#define SHORTEST 8
#define FILE_MOST 65536

static struct {
    char **values;
    size_t count, room;
    bool   begins[256];                  /* whether one begins with this byte */
} known;

/* -- what is known ------------------------------------------------------------------------------------------------- */

static const char *keep(const char *value)
{
    size_t length = strlen(value), at = 0;

    for (size_t i = 0; i < known.count; i++)
        if (strcmp(known.values[i], value) == 0)
            return known.values[i];
    VEC_PUSH(known.values, known.count, known.room, NULL);
    while (at < known.count - 1 && strlen(known.values[at]) >= length)
        at++;
    memmove(known.values + at + 1, known.values + at, (known.count - 1 - at) * sizeof *known.values);
    known.values[at] = mem_strdup(value);
    known.begins[(unsigned char)*value] = true;
    return known.values[at];
}

/* As it is, as it stands in a URL or a form, and as in a JSON whose writer escapes slashes, or does not. */
static const char *remember(const char *value)
{
    struct str encoded = STR_INIT, escaped = STR_INIT, slashed = STR_INIT;

    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    str_add_url(&encoded, value);
    for (const char *c = value; *c != '\0'; c++) {
        bool marked = *c == '"' || *c == '\\';

        str_addf(&escaped, marked ? "\\%c" : "%c", *c);
        str_addf(&slashed, marked || *c == '/' ? "\\%c" : "%c", *c);
    }
    (void)keep(str_text(&encoded));
    (void)keep(str_text(&escaped));
    (void)keep(str_text(&slashed));
    str_done(&encoded);
    str_done(&escaped);
    str_done(&slashed);
    return keep(value);
}

void secret_remember(const char *value)
{
    if (strlen(value) >= SHORTEST)
        (void)remember(value);
}

/* -- the file ------------------------------------------------------------------------------------------------------ */

/* The value in a line "NAME=value" of this name, blanks around both; copied, or NULL. */
static char *value_in_line(const char *line, size_t length, const char *name)
{
    const char *end = line + length, *equals = memchr(line, '=', length), *word_end;

    while (line < end && isspace((unsigned char)*line))
        line++;
    if (equals == NULL || *line == '#')
        return NULL;
    for (word_end = equals; word_end > line && isspace((unsigned char)word_end[-1]); word_end--)
        continue;
    if ((size_t)(word_end - line) != strlen(name) || memcmp(line, name, strlen(name)) != 0)
        return NULL;
    for (equals++; equals < end && isspace((unsigned char)*equals); equals++)
        continue;
    while (end > equals && isspace((unsigned char)end[-1]))
        end--;
    return mem_strndup(equals, (size_t)(end - equals));
}

/* Others must not be able to read it, nor to put another in its place. */
static int check_mode(const char *path, struct error *error)
{
    struct stat about;

    if (stat(path, &about) < 0)
        return errno == ENOENT || errno == ENOTDIR ? ERR_UNKNOWN
                                                   : error_set(error, ERR_IO, "'%s': %s", path, strerror(errno));
    if ((about.st_mode & 077) == 0 && (about.st_uid == geteuid() || about.st_uid == 0))
        return 0;
    error_set(error, ERR_CONFLICT, "'%s' holds secrets, and others may read or change it", path);
    error_hint(error, "chmod 600 '%s', and its owner is to be you", path);
    return ERR_CONFLICT;
}

static int find_in_file(const char *path, const char *name, char **ret_value, struct error *error)
{
    char  *text = NULL, *value = NULL;
    size_t length = 0;
    int    r = check_mode(path, error);

    if (r >= 0)
        r = file_read(path, FILE_MOST, &text, &length, error);
    if (r < 0)
        return r;
    if (memchr(text, '\0', length) != NULL)
        r = error_set(error, ERR_SYNTAX, "'%s' is no file of lines NAME=value", path);
    for (const char *line = text; r >= 0 && value == NULL && *line != '\0';) {
        size_t in_line = strcspn(line, "\n");

        value = value_in_line(line, in_line, name);
        line += in_line + (line[in_line] == '\n');
    }
    explicit_bzero(text, length);
    mem_free(text);
    *ret_value = value;
    return r < 0 ? r : value != NULL ? 0 : ERR_UNKNOWN;
}

int secret_find(const char *path, const char *name, const char **ret_secret, struct error *error)
{
    const char *value = getenv(name);
    char       *found = NULL;
    int         r;

    if (value != NULL && *value != '\0') {
        *ret_secret = remember(value);
        return 0;
    }
    r = find_in_file(path, name, &found, error);
    if (r >= 0 && *found == '\0')
        r = ERR_UNKNOWN;
    if (r == ERR_UNKNOWN) {
        error_set(error, r, "the secret %s is not set", name);
        error_hint(error, "put it into the environment, or as %s=… into '%s' (chmod 600)", name, path);
    }
    if (r >= 0)
        *ret_secret = remember(found);
    if (found != NULL)
        explicit_bzero(found, strlen(found));
    mem_free(found);
    return r;
}

/* -- hiding -------------------------------------------------------------------------------------------------------- */

/* How long the known secret is that begins here; 0: none does. */
static size_t known_at(const char *text)
{
    for (size_t i = 0; known.begins[(unsigned char)*text] && i < known.count; i++) {
        size_t length = strlen(known.values[i]);

        if (length >= SHORTEST && strncmp(text, known.values[i], length) == 0)
            return length;
    }
    return 0;
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-';
}

/* Bytes of "user:secret@" before the secret, where "://" has just been, and of the secret; 0: there is none. A secret
 * that nobody has encoded may have '/' and '@': rather too much is hidden. */
static size_t secret_in_url(const char *text, size_t *ret_length)
{
    size_t end = strcspn(text, " \t\n\"'<>"), colon = strcspn(text, ":"), at;

    for (at = end; at > 0 && text[at - 1] != '@'; at--)
        ;
    if (at == 0 || colon + 1 >= at)
        return 0;
    *ret_length = at - 1 - (colon + 1);
    return colon + 1;
}

/* Whether a word ends here that has a secret after it. */
static bool names_secret(const char *begin, const char *end)
{
    static const char *const words[] = {"password", "passwd", "pgpassword", "secret", "token", "api_key", "api-key",
                                        "apikey", "access_key", "authorization", "bearer", "key"};

    for (size_t i = 0; i < COUNT_OF(words); i++) {
        size_t length = strlen(words[i]);

        if ((size_t)(end - begin) < length || strncasecmp(end - length, words[i], length) != 0)
            continue;
        if ((size_t)(end - begin) == length || !isalnum((unsigned char)end[-(ptrdiff_t)length - 1]))
            return true;
    }
    return false;
}

/* Behind such a word: what stands between it and the secret, copied; NULL: no secret follows. */
static const char *pass_mark(const char *word_end, bool is_bearer)
{
    const char *at = word_end;

    at += *at == '"' || *at == '\'';
    if (*at != '=' && *at != ':' && !(is_bearer && *at == ' '))
        return NULL;
    at++;
    at += strspn(at, " ");
    at += *at == '"' || *at == '\'';
    if (strncasecmp(at, "bearer ", 7) == 0 || strncasecmp(at, "basic ", 6) == 0)
        at += strcspn(at, " ") + 1;
    return *at != '\0' ? at : NULL;
}

static const char *hide_after_word(struct str *to, const char *begin, const char *end)
{
    const char *secret;
    size_t      length;

    str_add_bytes(to, begin, (size_t)(end - begin));
    if (!names_secret(begin, end))
        return end;
    secret = pass_mark(end, (size_t)(end - begin) == 6 && strncasecmp(begin, "bearer", 6) == 0);
    if (secret == NULL)
        return end;
    length = secret[-1] == '\'' || secret[-1] == '"' ? strcspn(secret, (char[]){secret[-1], '\0'})
                                                     : strcspn(secret, " \t\n&;,\"'");
    if (length == 0)
        return end;
    str_add_bytes(to, end, (size_t)(secret - end));
    str_add(to, SECRET_HIDDEN);
    return secret + length;
}

/* What only looks like one. */
static void add_guessed(struct str *to, const char *text)
{
    while (*text != '\0') {
        const char *end = text;
        size_t      before, length;

        while (is_word(*end))
            end++;
        if (end > text) {
            text = hide_after_word(to, text, end);
        } else if (strncmp(text, "://", 3) == 0 && (before = secret_in_url(text + 3, &length)) > 0) {
            str_add_bytes(to, text, 3 + before);
            str_add(to, SECRET_HIDDEN);
            text += 3 + before + length;
        } else {
            str_add_char(to, *text++);
        }
    }
}

static void add_known_hidden(struct str *to, const char *text, const char *end)
{
    for (size_t length; text < end; text += length) {
        length = known_at(text);
        if (length > 0) {
            str_add(to, SECRET_HIDDEN);
        } else {
            str_add_char(to, *text);
            length = 1;
        }
    }
}

void text_add_known_hidden(struct str *to, const char *text)
{
    add_known_hidden(to, text, text + strlen(text));
}

void text_addfv_hidden(struct str *to, size_t most, const char *format, va_list args)
{
    struct str whole = STR_INIT, hidden = STR_INIT;

    str_addfv(&whole, format, args);
    text_add_known_hidden(&hidden, str_text(&whole));
    str_cut(&hidden, most);
    str_add_bytes(to, str_text(&hidden), hidden.length);
    str_done(&hidden);
    str_done(&whole);
}

void text_add_redacted(struct str *to, const char *text)
{
    struct str whole = STR_INIT;

    text_add_known_hidden(&whole, text);
    add_guessed(to, str_text(&whole));
    str_done(&whole);
}

bool text_has_secret(const char *text)
{
    struct str shown = STR_INIT;
    bool       has;

    text_add_redacted(&shown, text);
    has = strcmp(str_text(&shown), text) != 0;
    str_done(&shown);
    return has;
}

/* -- JSON ---------------------------------------------------------------------------------------------------------- */

/* The quote that ends the string whose first byte this is; `end` where it has none. */
static const char *string_end(const char *text, const char *end)
{
    while (text < end && *text != '"')
        text += *text == '\\' && text + 1 < end ? 2 : 1;
    return text;
}

static bool holds_token(const char *key, size_t length)
{
    static const char *const keys[] = {"access_token", "refresh_token", "id_token", "client_secret",
                                       "api_key",      "apikey",        "password", "authorization"};

    for (size_t i = 0; i < COUNT_OF(keys); i++)
        if (strlen(keys[i]) == length && strncasecmp(key, keys[i], length) == 0)
            return true;
    return false;
}

void json_add_redacted(struct str *to, const char *text, size_t length)
{
    const char *end = text + length;
    bool        hides = false;           /* the next string is the value of such a member */

    while (text < end) {
        const char *quote = memchr(text, '"', (size_t)(end - text)), *close, *after;

        add_known_hidden(to, text, quote != NULL ? quote : end);
        if (quote == NULL)
            return;
        close = string_end(quote + 1, end);
        for (after = close + (close < end); after < end && isspace((unsigned char)*after); after++)
            continue;
        str_add_char(to, '"');
        if (hides)
            str_add(to, SECRET_HIDDEN);
        else
            add_known_hidden(to, quote + 1, close);
        hides = after < end && *after == ':' && holds_token(quote + 1, (size_t)(close - quote - 1));
        if (close < end)
            str_add_char(to, '"');
        text = close + (close < end);
    }
}
