/*
 * What was typed, by the command's own list of arguments.
 *
 * Invariant: `arg` is the argument that the next word may be; words before it have been given or may be left out.
 * Options stand among the words and before a rest; `--` ends them.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "command_int.h"
#include "ytempire/base/word.h"

struct reader {
    struct args      *args;
    const struct arg *arg;
    size_t            at;
    bool              has_pairs, only_words;
    struct error     *error;
};

static const struct arg no_args[] = {{0}};

static void give(struct reader *reader, struct given_list *list, const char *name, const char *value,
                 const struct word *word)
{
    struct given given = {.name = name, .value = value, .at = word->at, .length = word->length};

    ARENA_PUSH(reader->args->arena, list->items, list->count, list->room, given);
}

static int refuse(struct reader *reader, const struct word *word, const char *format, ...) PRINTF_LIKE(3, 4);
static int refuse(struct reader *reader, const struct word *word, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    (void)error_setv(reader->error, ERR_USAGE, format, list);
    va_end(list);
    if (word != NULL)
        error_point(reader->error, reader->args->line, word->at, word->length);
    command_hint_usage(reader->args->command, reader->error);
    return ERR_USAGE;
}

/* -- options ------------------------------------------------------------------------------------------------------- */

static int refuse_option(struct reader *reader, const struct word *word, const char *name)
{
    const struct command *command = reader->args->command;
    const char           *names[32], *near;
    size_t                count = 0;

    for (const struct command_option *option = command->options;
         option != NULL && option->name != NULL && count < COUNT_OF(names); option++)
        names[count++] = option->name;
    near = nearest_word(name, strlen(name), names, count);
    (void)error_set(reader->error, ERR_USAGE, "'%s' has no option '--%s'", command->name, name);
    error_point(reader->error, reader->args->line, word->at, word->length);
    if (near != NULL)
        error_hint(reader->error, "did you mean '--%s'?", near);
    command_hint_usage(command, reader->error);
    return ERR_USAGE;
}

static const struct command_option *find_option(const struct command *command, const char *name)
{
    for (const struct command_option *option = command->options; option != NULL && option->name != NULL; option++)
        if (text_equal(option->name, name))
            return option;
    return NULL;
}

/* Where an option takes the next word as its value. */
static int read_value(struct reader *reader, const struct command_option *option, const struct word *word,
                      const char **ret_value)
{
    struct word value;
    int         r;

    reader->at = word_skip_space(reader->args->line, reader->at);
    if (reader->args->line[reader->at] == '\0')
        return refuse(reader, word, "--%s needs a value: --%s %s", option->name, option->name, option->value);
    r = word_read(reader->args->arena, reader->args->line, reader->at, &value, reader->error);
    if (r < 0)
        return r;
    reader->at = value.at + value.length;
    *ret_value = value.text;
    return 0;
}

static int take_option(struct reader *reader, const struct word *word)
{
    struct args                 *args = reader->args;
    const char                  *equals = strchr(word->text, '='), *value = equals != NULL ? equals + 1 : NULL;
    const char *name = arena_strndup(args->arena, word->text + 2,
                                     equals != NULL ? (size_t)(equals - word->text) - 2 : strlen(word->text + 2));
    const struct command_option *option = find_option(args->command, name);
    int                          r = 0;

    if (option == NULL)
        return refuse_option(reader, word, name);
    if (option->value == NULL && value != NULL)
        return refuse(reader, word, "--%s takes no value", name);
    if (option->value != NULL && value == NULL)
        r = read_value(reader, option, word, &value);
    if (r >= 0)
        give(reader, &args->options, option->name, value, word);
    return r;
}

/* -- words --------------------------------------------------------------------------------------------------------- */

static bool arg_is_rest(enum arg_kind kind)
{
    return kind == ARG_REST || kind == ARG_OPTIONAL_REST || kind == ARG_COMMAND;
}

static bool is_many(enum arg_kind kind)
{
    return kind == ARG_MANY || kind == ARG_SOME;
}

static bool stands_here(const struct reader *reader, const char *word)
{
    const char *at = reader->args->line + reader->at;
    size_t      length = strlen(word);

    return strncmp(at, word, length) == 0 && (at[length] == '\0' || word_is_space(at[length]));
}

/* A word that may be left out before a rest: the rest is not cut into words to find out. */
static void settle(struct reader *reader)
{
    while (reader->arg->kind == ARG_PAIRS)
        reader->arg++;
    if (reader->arg->kind == ARG_OPTIONAL_WORD && arg_is_rest(reader->arg[1].kind) &&
        !stands_here(reader, reader->arg->name))
        reader->arg++;
}

/* "name=…" */
static size_t pair_key(const struct word *word)
{
    size_t length = strspn(word->text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-");

    return !word->quoted && length > 0 && word->text[length] == '=' ? length : 0;
}

static int take_pair(struct reader *reader, const struct word *word, size_t key)
{
    give(reader, &reader->args->pairs, arena_strndup(reader->args->arena, word->text, key), word->text + key + 1, word);
    return 0;
}

static void take_rest(struct reader *reader)
{
    const char *line = reader->args->line;
    size_t      length = strlen(line + reader->at);
    struct word word = {.at = reader->at}, quoted;

    while (length > 0 && word_is_space(line[reader->at + length - 1]))
        length--;
    word.text = arena_strndup(reader->args->arena, line + reader->at, length);
    word.length = length;
    if (reader->arg->kind == ARG_COMMAND && (*word.text == '\'' || *word.text == '"') &&
        word_read(reader->args->arena, word.text, 0, &quoted, NULL) >= 0 && quoted.length == length)
        word.text = quoted.text;
    give(reader, &reader->args->words, reader->arg->name, word.text, &word);
    reader->at += strlen(line + reader->at);
    reader->arg++;
}

static int take_word(struct reader *reader, const struct word *word)
{
    struct given_list *words = &reader->args->words;

    for (; reader->arg->kind != 0; reader->arg++) {
        const struct arg *arg = reader->arg;
        bool              same = !word->quoted && arg->name != NULL && text_equal(arg->name, word->text);

        if (arg->kind == ARG_PAIRS || (arg->kind == ARG_OPTIONAL_WORD && !same))
            continue;
        if (arg->kind == ARG_WORD && !same)
            return refuse(reader, word, "'%s' is expected here, not '%s'", arg->name, word->text);
        if (is_many(arg->kind) && arg[1].kind == ARG_WORD && text_equal(arg[1].name, word->text))
            continue;
        give(reader, words, arg->name, word->text, word);
        reader->arg += is_many(arg->kind) ? 0 : 1;
        return 0;
    }
    return refuse(reader, word,
                  words->count == 0 && !reader->has_pairs ? "'%s' takes no '%s'"
                                                          : "'%s' does not know what to do with '%s'",
                  reader->args->command->name, word->text);
}

static int read_one(struct reader *reader)
{
    struct word word;
    size_t      key;
    int         r = word_read(reader->args->arena, reader->args->line, reader->at, &word, reader->error);

    if (r < 0)
        return r;
    reader->at = word.at + word.length;
    if (!reader->only_words && !word.quoted && text_equal(word.text, "--")) {
        reader->only_words = true;
        return 0;
    }
    if (!reader->only_words && !word.quoted && text_starts(word.text, "--"))
        return take_option(reader, &word);
    key = reader->has_pairs ? pair_key(&word) : 0;
    return key > 0 ? take_pair(reader, &word, key) : take_word(reader, &word);
}

static int check_complete(struct reader *reader)
{
    const struct given_list *words = &reader->args->words;

    for (; reader->arg->kind != 0; reader->arg++) {
        enum arg_kind kind = reader->arg->kind;
        bool          given = words->count > 0 && text_equal(words->items[words->count - 1].name, reader->arg->name);

        if (kind == ARG_REQUIRED || kind == ARG_REST || kind == ARG_COMMAND || kind == ARG_WORD ||
            (kind == ARG_SOME && !given))
            return refuse(reader, NULL, kind == ARG_WORD ? "'%s' needs '%s'" : "'%s' needs %s",
                          reader->args->command->name, reader->arg->name);
    }
    return 0;
}

static bool has_kind(const struct arg *args, enum arg_kind kind)
{
    for (; args->kind != 0; args++)
        if (args->kind == kind)
            return true;
    return false;
}

static int read_all(struct reader *reader)
{
    int r = 0;

    while (r >= 0) {
        const char *at;

        reader->at = word_skip_space(reader->args->line, reader->at);
        settle(reader);
        at = reader->args->line + reader->at;
        if (*at == '\0')
            break;
        if (arg_is_rest(reader->arg->kind) &&
            (reader->only_words || reader->args->command->options == NULL || !text_starts(at, "--")))
            take_rest(reader);
        else
            r = read_one(reader);
    }
    return r < 0 ? r : check_complete(reader);
}

int args_parse(const struct command *command, const char *line, const char *rest, struct args **ret_args,
               struct error *error)
{
    struct arena *arena = arena_new();
    struct args  *args = ARENA_NEW(arena, struct args);
    struct reader reader = {.args = args, .arg = command->args != NULL ? command->args : no_args, .error = error};
    size_t        length = strlen(line);
    int           r;

    args->arena = arena;
    args->command = command;
    if (rest >= line && rest <= line + length) {
        args->line = arena_strdup(arena, line);
        reader.at = (size_t)(rest - line);
    } else {
        args->line = arena_strdup(arena, rest);
    }
    reader.has_pairs = has_kind(reader.arg, ARG_PAIRS);
    r = read_all(&reader);
    if (r < 0)
        args_free(args);
    else
        *ret_args = args;
    return r;
}

void args_free(struct args *args)
{
    if (args != NULL)
        arena_free(args->arena);
}

void args_freep(struct args **args)
{
    args_free(*args);
}

const char *instant_cell(struct arena *arena, int64_t instant)
{
    struct civil at = local_to_civil(instant);

    return arena_printf(arena, "%04d-%02d-%02d %02d:%02d:%02d+00", at.year, at.month, at.day, at.hour, at.minute,
                        at.second);
}

/* -- reading them -------------------------------------------------------------------------------------------------- */

/* The `index`th of that name; NULL when there are fewer. Of options the last one counts. */
static const struct given *find(const struct given_list *list, const char *name, size_t index)
{
    for (size_t i = 0; i < list->count; i++)
        if (text_equal(list->items[i].name, name) && index-- == 0)
            return &list->items[i];
    return NULL;
}

static const struct given *find_last(const struct given_list *list, const char *name)
{
    for (size_t i = list->count; i-- > 0;)
        if (text_equal(list->items[i].name, name))
            return &list->items[i];
    return NULL;
}

static const char *value_of(const struct given *given)
{
    return given != NULL ? given->value : NULL;
}

const char *args_get(const struct args *args, const char *name)
{
    return value_of(find(&args->words, name, 0));
}

size_t args_count(const struct args *args, const char *name)
{
    size_t count = 0;

    while (find(&args->words, name, count) != NULL)
        count++;
    return count;
}

const char *args_at(const struct args *args, const char *name, size_t index)
{
    return value_of(find(&args->words, name, index));
}

void args_point(const struct args *args, const char *name, size_t index, struct error *error)
{
    const struct given *given = find(&args->words, name, index);

    if (given != NULL)
        error_point(error, args->line, given->at, given->length);
}

bool args_flag(const struct args *args, const char *name)
{
    return find(&args->options, name, 0) != NULL || find(&args->words, name, 0) != NULL;
}

const char *args_option(const struct args *args, const char *name)
{
    return value_of(find_last(&args->options, name));
}

int args_number(const struct args *args, const char *name, long long least, long long most, long long otherwise,
                long long *ret_number, struct error *error)
{
    const struct given *given = find_last(&args->options, name);
    bool                option = given != NULL;
    long long           number;

    if (given == NULL)
        given = find(&args->words, name, 0);
    if (given == NULL || given->value == NULL) {
        *ret_number = otherwise;
        return 0;
    }
    if (text_to_int64(given->value, strlen(given->value), &number) < 0 || number < least || number > most) {
        (void)error_set(error, ERR_USAGE, "%s%s is a whole number from %lld to %lld, not '%s'", option ? "--" : "",
                        name, least, most, given->value);
        error_point(error, args->line, given->at, given->length);
        return ERR_USAGE;
    }
    *ret_number = number;
    return 0;
}

const char *args_pair(const struct args *args, const char *key)
{
    return value_of(find_last(&args->pairs, key));
}

size_t args_pair_count(const struct args *args)
{
    return args->pairs.count;
}

const char *args_pair_key_at(const struct args *args, size_t index)
{
    return args->pairs.items[index].name;
}

const char *args_pair_value_at(const struct args *args, size_t index)
{
    return args->pairs.items[index].value;
}

const char *args_line(const struct args *args)
{
    return args->line;
}

int args_confirm(const struct args *args, struct sink *sink, struct error *error, const char *question, ...)
{
    char    text[1024];
    va_list list;

    if (args_flag(args, "yes"))
        return 0;
    va_start(list, question);
    (void)vsnprintf(text, sizeof text, question, list);
    va_end(list);
    if (sink_ask(sink, "%s", text))
        return 0;
    (void)error_set(error, ERR_USAGE, "'%s' was not confirmed, nothing was done", args->command->name);
    error_hint(error, "it asks: %s  Say --yes to go on", text);
    return ERR_USAGE;
}
