/* semantic/assist_line: a line that is being typed, read as far as it can be, and what its names mean so far. */
#include <string.h>

#include "src/semantic/assist_work.h"
#include "ytempire/base/utf8.h"

const char *assist_clean(struct arena *arena, const char *line, size_t length)
{
    char *text;

    if (length > LINE_LIMIT)
        return "";
    text = arena_alloc(arena, length + 1);
    memcpy(text, line, length);
    utf8_mark_invalid(text, length, '?');
    return text;
}

void assist_next(struct lexer *lexer, const struct token *before, struct token *ret_token)
{
    bool zone = before->kind == TOKEN_WORD && before->word == WORD_TZ;
    int r = zone ? lex_next_zone(lexer, ret_token) : lex_next(lexer, ret_token);

    if (r < 0) /* a lexer that forgives does not fail */
        *ret_token = (struct token){.span = {lexer->length, 0}, .text = ""};
}

void assist_read(struct arena *arena, const char *text, struct probe *ret_probe, struct parser *ret_parser)
{
    struct parser parser = {.arena = arena, .query = query_new(arena), .probe = ret_probe};
    struct token none = {0};

    *ret_probe = (struct probe){0};
    if (lex_open(&parser.lexer, arena, text, NULL) < 0)
        parser.lexer = (struct lexer){.arena = arena, .text = ""};
    parser.lexer.forgives = true;
    assist_next(&parser.lexer, &none, &parser.token);
    parse_typed(&parser);
    *ret_parser = parser;
}

bool assist_is_json(const char *text)
{
    return text[strspn(text, " \t\r\n")] == '{';
}

/* -- the cubes of the line ----------------------------------------------------------------------------------------- */

const char *names_text(const struct line_names *names, const struct mark *mark)
{
    return arena_strndup(names->arena, names->text + mark->span.at, mark->span.length);
}

static void add_fact(struct line_names *names, struct cube *cube)
{
    for (size_t i = 0; i < names->fact_count; i++)
        if (names->facts[i] == cube)
            return;
    if (names->fact_count < FACT_LIMIT)
        names->facts[names->fact_count++] = cube;
}

const char *const measure_columns[] = {"share", "previous", "diff", "change", NULL};

static bool find_measure(const struct line_names *names, const char *text, struct member *ret_member)
{
    return model_find(names->model, names->from, text, BIT(MEMBER_MEASURE), NULL, ret_member, NULL) == 0;
}

bool names_measure(const struct line_names *names, const char *text, struct member *ret_member)
{
    if (!names->model)
        return false;
    if (find_measure(names, text, ret_member))
        return true;
    for (size_t i = 0; measure_columns[i]; i++) {              /* revenue.share, revenue_change, revenue_previous_2 */
        const char *at = strstr(text, measure_columns[i]);

        if (at && at > text && (at[-1] == '.' || at[-1] == '_') &&
            find_measure(names, arena_printf(names->arena, "%.*s", (int)(at - 1 - text), text), ret_member))
            return true;
    }
    return false;
}

static void add_measures(struct line_names *names, const struct name_list *list)
{
    struct member member;

    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].text && names_measure(names, list->items[i].text, &member))
            add_fact(names, member.measure->cube);
}

static void find_from(struct line_names *names, const struct query *previous)
{
    if (previous && previous->cube.text)
        names->from = model_cube(names->model, previous->cube.text);
    for (size_t i = 0; i < names->probe->mark_count; i++)
        if (names->probe->marks[i].kind == MARK_NAME && names->probe->marks[i].role == NAME_CUBE)
            names->from = model_cube(names->model, names_text(names, &names->probe->marks[i]));
}

void names_read(struct line_names *names, struct arena *arena, const struct model *model, const char *text,
                const struct probe *probe, const struct query *previous)
{
    struct member member;

    *names = (struct line_names){.arena = arena, .model = model, .text = text, .probe = probe};
    if (!model)
        return;
    find_from(names, previous);
    if (previous) {
        add_measures(names, &previous->measures);
        add_measures(names, &previous->added);
    }
    for (size_t i = 0; i < probe->mark_count; i++) {
        const struct mark *mark = &probe->marks[i];

        if (mark->kind == MARK_NAME && (mark->role == NAME_MEASURE || mark->role == NAME_ADDED) &&
            names_measure(names, names_text(names, mark), &member))
            add_fact(names, member.measure->cube);
    }
    if (names->fact_count == 0 && names->from)
        add_fact(names, names->from);
}

/* -- what a name means --------------------------------------------------------------------------------------------- */

/* "Costs.channel" beside another fact is a name of Costs alone. */
static bool names_its_cube(const struct line_names *names, const char *text)
{
    for (size_t i = 0; i < names->model->cube_count; i++) {
        size_t length = strlen(names->model->cubes[i]->name);

        if (strncmp(text, names->model->cubes[i]->name, length) == 0 && text[length] == '.')
            return true;
    }
    return false;
}

bool names_dimension(const struct line_names *names, const char *text, struct member *ret_member,
                     enum data_unit *ret_unit)
{
    bool own = names->fact_count > 1 && names_its_cube(names, text);
    size_t found = 0;

    if (!names->model)
        return false;
    for (size_t i = names->fact_count; i-- > 0;)
        found += bind_find_dimension(names->facts[i], text, ret_member, ret_unit);
    if (names->fact_count > 0)
        return found == names->fact_count || (own && found > 0);
    for (size_t i = 0; i < names->model->cube_count; i++)
        if (bind_find_dimension(names->model->cubes[i], text, ret_member, ret_unit))
            return true;
    return false;
}

bool names_segment(const struct line_names *names, const char *text)
{
    struct member member;

    for (size_t i = 0; i < names->fact_count; i++)
        if (model_find_in(names->facts[i], text, BIT(MEMBER_SEGMENT), &member))
            return true;
    return names->model && model_find(names->model, names->from, text, BIT(MEMBER_SEGMENT), NULL, &member, NULL) == 0;
}
