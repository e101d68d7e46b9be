/* The command line. Names are never abbreviated: a script must not change its meaning when an option is added. */
#include "conf_int.h"

#include <ctype.h>
#include <string.h>

#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"

struct reader {
    struct conf *conf;
    int          argc, at;
    char *const *argv;
};

/* NAME=…, the name one that can stand after a colon. */
static bool starts_with_name(const char *text)
{
    size_t length = 0;

    while (text[length] == '_' || isalpha((unsigned char)text[length]) ||
           (length > 0 && isdigit((unsigned char)text[length])))
        length++;
    return length > 0 && text[length] == '=';
}

static int take(struct reader *reader, enum conf_id id, const char *value, const char *named, struct error *error)
{
    struct conf *conf = reader->conf;
    int r;

    r = conf_store(conf, id, CONF_FROM_LINE, value, named, error);
    if (r < 0)
        return r;
    if (id == OPTION_EXEC || id == OPTION_FILE) {
        struct conf_script script = {.is_file = id == OPTION_FILE,
                                     .text = conf_at(conf, id, conf_count(conf, id) - 1)};

        VEC_PUSH(conf->scripts, conf->script_count, conf->script_room, script);
    }
    if (id == OPTION_VAR && !starts_with_name(value))
        return error_set(error, ERR_USAGE, "--var needs NAME=VALUE, not '%s'", value);
    return 0;
}

/* The value of an option that needs one: after '=' or the letter, else the next word. */
static int value_of(struct reader *reader, enum conf_id id, const char *named, const char *attached,
                    const char **ret_value, struct error *error)
{
    if (attached == NULL && reader->at + 1 >= reader->argc)
        return error_set(error, ERR_USAGE, "%s needs a value: %s %s", named, named, conf_options[id].argument);
    *ret_value = attached != NULL ? attached : reader->argv[++reader->at];
    return 0;
}

static int read_long(struct reader *reader, const char *word, struct error *error)
{
    const char *equals = strchr(word, '='), *value = "on";
    size_t length = equals != NULL ? (size_t)(equals - word) : strlen(word);
    _cleanup_(mem_freep) char *named = mem_strndup(word, length);
    enum conf_id id;
    int r;

    if (!conf_find(word + 2, length - 2, CONF_LINE, &id)) {
        error_set(error, ERR_USAGE, "unknown option '%s'", named);
        conf_hint_nearest(word + 2, length - 2, CONF_LINE, "--", error);
        return ERR_USAGE;
    }
    if (conf_options[id].argument == NULL && equals != NULL)
        return error_set(error, ERR_USAGE, "%s takes no value", named);
    if (conf_options[id].argument != NULL) {
        r = value_of(reader, id, named, equals != NULL ? equals + 1 : NULL, &value, error);
        if (r < 0)
            return r;
    }
    return take(reader, id, value, named, error);
}

/* "-qe 'migrate status'": letters without a value may be joined, the last may have one. */
static int read_letters(struct reader *reader, const char *word, struct error *error)
{
    for (const char *letter = word + 1; *letter != '\0'; letter++) {
        const char named[] = {'-', *letter, '\0'};
        const char *value = "on";
        enum conf_id id = 0;
        int r;

        while (id < OPTION_COUNT && (conf_options[id].letter != *letter))
            id++;
        if (id == OPTION_COUNT) {
            error_set(error, ERR_USAGE, "unknown option '%s'", named);
            error_hint(error, "'ytempire --help' lists all");
            return ERR_USAGE;
        }
        if (conf_options[id].argument != NULL) {
            r = value_of(reader, id, named, letter[1] != '\0' ? letter + 1 : NULL, &value, error);
            return r < 0 ? r : take(reader, id, value, named, error);
        }
        r = take(reader, id, value, named, error);
        if (r < 0)
            return r;
    }
    return 0;
}

static int read_positional(struct reader *reader, const char *word, struct error *error)
{
    struct conf *conf = reader->conf;

    if (conf->positional != NULL) {
        error_set(error, ERR_USAGE, "'%s' is left over: there is one DSN, '%s'", word, conf->positional);
        error_hint(error, "commands are given as one word: --exec '%s %s'", conf->positional, word);
        return ERR_USAGE;
    }
    if (conf->values[OPTION_DSN].by_origin[CONF_FROM_LINE] != NULL)
        return error_set(error, ERR_USAGE, "'%s' is left over: --dsn says already where to connect", word);
    conf->positional = mem_strdup(word);
    return conf_store(conf, OPTION_DSN, CONF_FROM_LINE, word, "DSN", error);
}

static int check_together(const struct conf *conf, struct error *error)
{
    const struct conf_value *values = conf->values;

    if (values[OPTION_LOCAL].by_origin[CONF_FROM_LINE] == NULL)
        return 0;
    if (values[OPTION_DSN].by_origin[CONF_FROM_LINE] != NULL)
        return error_set(error, ERR_USAGE, "--local and a DSN exclude each other");
    if (values[OPTION_REDIS].by_origin[CONF_FROM_LINE] != NULL)
        return error_set(error, ERR_USAGE, "--local and --redis exclude each other: --local has a Redis of its own");
    return 0;
}

int conf_parse(struct conf *conf, int argc, char *const *argv, struct error *error)
{
    struct reader reader = {.conf = conf, .argc = argc, .at = 1, .argv = argv};
    bool only_positional = false;

    for (; reader.at < argc; reader.at++) {
        const char *word = argv[reader.at];
        int r;

        if (only_positional || word[0] != '-' || word[1] == '\0') {
            r = read_positional(&reader, word, error);
        } else if (text_equal(word, "--")) {
            only_positional = true;
            r = 0;
        } else if (word[1] == '-') {
            r = read_long(&reader, word, error);
        } else {
            r = read_letters(&reader, word, error);
        }
        if (r < 0)
            return r;
    }
    return check_together(conf, error);
}
