/* command/assist_offer: what an argument may be: commands, options, settings, files, members, names of things. */
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "assist_int.h"
#include "ytempire/conf.h"

static void keep(struct offers *offers, const struct candidate *candidate, const char *matched)
{
    uint32_t score = assist_match(matched, offers->word, offers->length);
    struct offered item = {*candidate, score, (uint32_t)offers->count};

    if (score != MATCH_NONE)
        ARENA_PUSH(offers->arena, offers->items, offers->count, offers->room, item);
}

void offer_text(struct offers *offers, const char *text, const char *kind, const char *description)
{
    struct candidate candidate = {text, kind, description, false};

    keep(offers, &candidate, text);
}

/* A word of a command line: in quotes when it has a space, or was begun so. */
static const char *as_word(const struct offers *offers, const char *text)
{
    _cleanup_(str_done) struct str quoted = STR_INIT;

    if (offers->quote == '\0' && text[strcspn(text, " \t\n;'\"")] == '\0')
        return text;
    str_add_char(&quoted, '\'');
    for (; *text != '\0'; text++) {
        str_add_char(&quoted, *text);
        if (*text == '\'')
            str_add_char(&quoted, '\'');
    }
    str_add_char(&quoted, '\'');
    return arena_strndup(offers->arena, str_text(&quoted), quoted.length);
}

/* psql's habits only for the one who begins with a backslash. */
void offer_commands(struct offers *offers)
{
    bool several = memchr(offers->word, ' ', offers->length) != NULL;

    for (const struct command *const *command = commands; *command != NULL; command++) {
        const char *name = (*command)->name;

        if ((name[0] == '\\') != (offers->length > 0 && offers->word[0] == '\\'))
            continue;
        if (!several || strncmp(name, offers->word, offers->length) == 0)
            offer_text(offers, name, "command", (*command)->summary);
    }
}

void offer_options(struct offers *offers, const struct command *command)
{
    for (const struct command_option *option = command->options; option != NULL && option->name != NULL; option++)
        offer_text(offers, arena_printf(offers->arena, "--%s", option->name), "option",
                   option->value != NULL ? arena_printf(offers->arena, "%s: %s", option->value, option->text)
                                         : option->text);
}

/* -- settings ------------------------------------------------------------------------------------------------------ */

static void offer_settings(struct offers *offers)
{
    for (size_t id = 0; id < OPTION_COUNT; id++)
        if (conf_options[id].places & CONF_SET)
            offer_text(offers, conf_options[id].name, "setting", conf_options[id].text);
}

static void offer_choices(struct offers *offers, const char *choices)
{
    while (*choices != '\0') {
        size_t length = strcspn(choices, "|");

        offer_text(offers, arena_strndup(offers->arena, choices, length), "value", NULL);
        choices += length + (choices[length] == '|');
    }
}

/* Zones are the semantic layer's: what may stand behind `tz`. */
static void offer_zones(struct offers *offers)
{
    static const char before[] = "x tz ";
    const char *line = arena_printf(offers->arena, "%s%.*s", before, (int)offers->length, offers->word);
    struct candidates zones;

    semantic_complete(offers->arena, &offers->query, line, strlen(line), strlen(line), &zones);
    for (size_t i = 0; i < zones.count && !zones.guessed; i++)
        offer_text(offers, zones.items[i].text, "zone", zones.items[i].description);
}

static void offer_setting_value(struct offers *offers, const char *text)
{
    for (size_t id = 0; id < OPTION_COUNT; id++) {
        const struct conf_option *option = &conf_options[id];
        const char *at = strstr(text, option->name);
        size_t length = strlen(option->name);

        if (!(option->places & CONF_SET) || at == NULL || at == text || at[-1] != ' ' || at[length] != ' ')
            continue;
        if (option->type == CONF_FLAG)
            offer_choices(offers, "on|off");
        else if (option->type == CONF_CHOICE)
            offer_choices(offers, option->argument);
        else if (option->type == CONF_ZONE)
            offer_zones(offers);
    }
}

/* -- members and names --------------------------------------------------------------------------------------------- */

static void offer_cubes_and_members(struct offers *offers, bool members)
{
    const struct model *model = offers->context->model;
    size_t count = 0, head = 0;
    const char *const *names = model != NULL ? model_member_names(model, &count) : NULL;

    for (size_t i = 0; i < count; i++) {
        size_t length = strcspn(names[i], ".");

        if (i == 0 || length != head || memcmp(names[i], names[i - 1], length) != 0)
            offer_text(offers, arena_strndup(offers->arena, names[i], length), "cube", NULL);
        head = length;
    }
    for (size_t i = 0; members && i < count; i++)
        offer_text(offers, names[i], "member", NULL);
}

static void offer_rollups(struct offers *offers)
{
    size_t             count = 0;
    const char *const *names = NULL;

    if (offers->context->model != NULL)
        names = model_rollup_names(offers->context->model, offers->arena, &count);
    for (size_t i = 0; i < count; i++)
        offer_text(offers, strchr(names[i], '.') + 1, "rollup", NULL);
}

static const char *kind_name(enum complete complete)
{
    static const char *const names[] = {
        [COMPLETE_SOURCE] = "source", [COMPLETE_JOB] = "job",           [COMPLETE_MIGRATION] = "migration",
        [COMPLETE_CACHE_KEY] = "key", [COMPLETE_SAVED] = "saved query", [COMPLETE_BOARD] = "board",
        [COMPLETE_PIN] = "pin",          [COMPLETE_WARM] = "warm set",
        [COMPLETE_BACKUP] = "backup"};

    return complete < COUNT_OF(names) && names[complete] != NULL ? names[complete] : "value";
}

static void offer_names(struct offers *offers, enum complete complete)
{
    size_t count = 0;
    const char *const *names = NULL;

    if (offers->context->names != NULL)
        names = offers->context->names(offers->context->who, (int)complete, &count);
    for (size_t i = 0; names != NULL && i < count; i++) {
        struct candidate candidate = {as_word(offers, names[i]), kind_name(complete), NULL, false};

        keep(offers, &candidate, names[i]);
    }
}

/* -- files --------------------------------------------------------------------------------------------------------- */

#define FILES_LIMIT 10000 /* entries of one folder that are looked at */

static bool is_folder(const char *path)
{
    DIR *folder = opendir(path);

    if (folder != NULL)
        (void)closedir(folder);
    return folder != NULL;
}

static void offer_entry(struct offers *offers, const char *before, const char *folder, const struct dirent *entry,
                        bool folders)
{
    const char *path = arena_printf(offers->arena, "%s%s", before, entry->d_name);
    bool inner = entry->d_type == DT_DIR ||
                 (entry->d_type != DT_REG && is_folder(arena_printf(offers->arena, "%s/%s", folder, entry->d_name)));
    struct candidate candidate;

    if ((!inner && folders) || assist_match(path, offers->word, offers->length) >= MATCH_PART)
        return;
    path = inner ? arena_printf(offers->arena, "%s/", path) : path;
    candidate = (struct candidate){as_word(offers, path), inner ? "folder" : "file", NULL, inner};
    keep(offers, &candidate, path);
}

static void offer_files(struct offers *offers, bool folders)
{
    const char *word = arena_strndup(offers->arena, offers->word, offers->length), *slash = strrchr(word, '/');
    const char *before = slash != NULL ? arena_strndup(offers->arena, word, (size_t)(slash - word) + 1) : "";
    const char *home = getenv("HOME"), *path = *before != '\0' ? before : ".";
    DIR *folder;
    struct dirent *entry;

    if (text_starts(path, "~/") && home != NULL)
        path = arena_printf(offers->arena, "%s%s", home, path + 1);
    folder = opendir(path);
    for (int count = 0; folder != NULL && count < FILES_LIMIT && (entry = readdir(folder)) != NULL; count++)
        if (entry->d_name[0] != '.' || (slash != NULL ? slash[1] : word[0]) == '.')
            offer_entry(offers, before, path, entry, folders);
    if (folder != NULL)
        (void)closedir(folder);
}

/* -- one argument -------------------------------------------------------------------------------------------------- */

void offer_arg(struct offers *offers, const struct place *place, const char *text)
{
    const struct arg *arg = place->arg;

    for (; arg->kind == ARG_OPTIONAL_WORD; arg++)
        offer_text(offers, arg->name, "keyword", NULL);
    if (arg->kind == ARG_WORD)
        offer_text(offers, arg->name, "keyword", NULL);
    if ((arg->kind == ARG_MANY || arg->kind == ARG_SOME) && arg[1].kind == ARG_WORD)
        offer_text(offers, arg[1].name, "keyword", NULL);
    switch (arg->kind == 0 ? COMPLETE_NONE : arg->complete) {
    case COMPLETE_NONE:
        if (text_equal(place->command->name, "set") && arg->kind != 0)
            offer_setting_value(offers, arena_strndup(offers->arena, text, place->at));
        break;
    case COMPLETE_FILE:
    case COMPLETE_FOLDER:
        offer_files(offers, arg->complete == COMPLETE_FOLDER);
        break;
    case COMPLETE_COMMAND:
        offer_commands(offers);
        break;
    case COMPLETE_MEMBER:
    case COMPLETE_CUBE:
        offer_cubes_and_members(offers, arg->complete == COMPLETE_MEMBER);
        break;
    case COMPLETE_SETTING:
        offer_settings(offers);
        break;
    case COMPLETE_ROLLUP:
        offer_rollups(offers);
        break;
    case COMPLETE_SOURCE:
    case COMPLETE_JOB:
    case COMPLETE_MIGRATION:
    case COMPLETE_CACHE_KEY:
    case COMPLETE_SAVED:
    case COMPLETE_PIN:
    case COMPLETE_BOARD:
    case COMPLETE_WARM:
    case COMPLETE_BACKUP:
        offer_names(offers, arg->complete);
        break;
    case COMPLETE_QUERY:
    default:
        break;
    }
}

static int compare_offered(const void *left, const void *right)
{
    const struct offered *a = left, *b = right;

    if (a->score >> 12 != b->score >> 12)
        return a->score < b->score ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

void offers_finish(struct offers *offers, struct candidates *to)
{
    struct candidate *items = ARENA_ARRAY(offers->arena, struct candidate, offers->count + 1);

    if (offers->count > 1)
        qsort(offers->items, offers->count, sizeof *offers->items, compare_offered);
    for (size_t i = 0; i < offers->count; i++)
        items[i] = offers->items[i].candidate;
    to->items = items;
    to->count = offers->count;
}
