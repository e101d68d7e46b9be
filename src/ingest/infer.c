/* Which target fits a sample best, and the text of its mapping. */
#include "infer.h"

#include <string.h>

#define WORST (-1000)
#define NEEDED_WEIGHT 6                /* a column that is needed and missing weighs against this much of names */

struct choice {
    const struct target   *target;
    size_t                 width;
    int                   *field;      /* of each column; -1: none */
    enum infer_fit        *fit;
    struct infer_reading  *reading;
    bool                  *used;       /* of each field */
    int                    weight;
};

/* -- the choice ---------------------------------------------------------------------------------------------------- */

static bool is_free(const struct infer_sample *sample, const struct choice *choice, size_t f)
{
    return !choice->used[f] && !sample->fields[f].twice && sample->fields[f].name[0] != '\0';
}

static void assign(const struct infer_sample *sample, struct choice *choice, size_t column, int score)
{
    for (size_t f = 0; f < sample->field_count && choice->field[column] < 0; f++) {
        const struct target_column *target = &choice->target->columns[column];

        if (!is_free(sample, choice, f) || infer_name_score(sample->fields[f].name, target->name) != score)
            continue;
        choice->fit[column] = infer_read(sample->arena, &sample->fields[f], target, &choice->reading[column]);
        if (choice->fit[column] == INFER_NONE)
            continue;
        choice->field[column] = (int)f;
        choice->used[f] = true;
        choice->weight += score;
    }
}

static bool is_told(const struct choice *choice, size_t column)
{
    return choice->field[column] >= 0 && choice->fit[column] != INFER_AMBIGUOUS;
}

static struct choice choose(const struct infer_sample *sample, const struct target *target)
{
    struct choice choice = {.target = target, .width = target_width(target)};

    choice.field = ARENA_ARRAY(sample->arena, int, choice.width);
    choice.fit = ARENA_ARRAY(sample->arena, enum infer_fit, choice.width);
    choice.reading = ARENA_ARRAY(sample->arena, struct infer_reading, choice.width);
    choice.used = ARENA_ARRAY(sample->arena, bool, sample->field_count + 1);
    for (size_t i = 0; i < choice.width; i++)
        choice.field[i] = -1;
    for (int score = 4; score > 0; score--)
        for (size_t i = 0; i < choice.width; i++)
            if (choice.field[i] < 0)
                assign(sample, &choice, i, score);
    if (choice.weight == 0)
        choice.weight = WORST;
    for (size_t i = 0; i < choice.width; i++)
        choice.weight -= target->columns[i].needed && choice.field[i] < 0 ? NEEDED_WEIGHT : 0;
    return choice;
}

/* -- the text ------------------------------------------------------------------------------------------------------ */

static void add_json(struct str *to, const char *text)
{
    str_add_char(to, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            str_addf(to, "\\%c", *text);
        else if ((unsigned char)*text < 0x20)
            str_addf(to, "\\u%04x", (unsigned)*text);
        else
            str_add_char(to, *text);
    }
    str_add_char(to, '"');
}

static void add_member(struct str *to, const char *name, const char *value)
{
    str_addf(to, ", \"%s\": ", name);
    add_json(to, value);
}

static void add_nulls(struct str *to, const char *const *nulls)
{
    if (nulls[1] == NULL)
        return;
    str_add(to, ", \"null\": [");
    for (size_t i = 0; nulls[i] != NULL; i++) {
        str_add(to, i > 0 ? ", " : "");
        add_json(to, nulls[i]);
    }
    str_add(to, "]");
}

static void add_options(struct str *to, const struct infer_reading *reading)
{
    const struct mapping_column *column = &reading->column;
    char                         decimal[] = {column->decimal, '\0'}, thousands[] = {column->thousands, '\0'};

    if (column->reading == READ_DURATION)
        add_member(to, "type", "duration");
    if (column->reading == READ_DATE || column->reading == READ_TIMESTAMP)
        add_member(to, "type", column->reading == READ_DATE ? "date" : "timestamp");
    if (column->format != NULL)
        add_member(to, "format", column->format);
    if (reading->zone_matters)
        add_member(to, "zone", "UTC");
    if (column->reading == READ_NUMBER && column->decimal != '.')
        add_member(to, "decimal", decimal);
    if (column->reading == READ_NUMBER && column->thousands != '\0')
        add_member(to, "thousands", thousands);
    if (column->strip != NULL)
        add_member(to, "strip", column->strip);
    if (column->reading == READ_NUMBER && column->shift == 2)
        str_add(to, ", \"times\": 100");
    if (column->reading == READ_LIST && !text_equal(column->separator, ","))
        add_member(to, "separator", column->separator);
    add_nulls(to, column->nulls);
}

static void add_column(const struct infer_sample *sample, const struct choice *choice, size_t i, struct str *to)
{
    struct str options = STR_INIT;

    add_options(&options, &choice->reading[i]);
    str_addf(to, "\n    \"%s\": ", choice->target->columns[i].name);
    if (options.length > 0)
        str_add(to, "{\"from\": ");
    add_json(to, sample->fields[choice->field[i]].name);
    str_add(to, str_text(&options));
    str_add(to, options.length > 0 ? "}" : "");
    str_done(&options);
}

static void write_mapping(const struct infer_sample *sample, const struct choice *choice, struct str *to)
{
    char   delimiter[] = {sample->delimiter, '\0'};
    size_t told = 0;

    str_addf(to, "{\n  \"kind\": \"%s\",\n  \"target\": \"%s\",\n", sample->kind, choice->target->name);
    if (text_equal(sample->kind, "csv") && sample->delimiter != ',') {
        str_add(to, "  \"delimiter\": ");
        add_json(to, delimiter);
        str_add(to, ",\n");
    }
    if (sample->path != NULL) {
        str_add(to, "  \"path\": ");
        add_json(to, sample->path);
        str_add(to, ",\n");
    }
    str_add(to, "  \"columns\": {");
    for (size_t i = 0; i < choice->width; i++)
        if (is_told(choice, i)) {
            str_add(to, told++ > 0 ? "," : "");
            add_column(sample, choice, i, to);
        }
    str_add(to, "\n  }\n}\n");
}

/* -- what a person is told ----------------------------------------------------------------------------------------- */

static void remark_column(const struct infer_sample *sample, const struct choice *choice, size_t i, struct str *to)
{
    const struct infer_reading *reading = &choice->reading[i];
    const char                 *column = choice->target->columns[i].name;
    const char                 *field = sample->fields[choice->field[i]].name;
    bool                        is_number = reading->column.reading == READ_NUMBER;

    if (choice->fit[i] == INFER_AMBIGUOUS && is_number)
        str_addf(to, "field '%s' could be '%s' in two ways: with decimal \"%c\"%s, or with %s; it is left out\n", field,
                 column, reading->column.decimal, reading->column.thousands != '\0' ? " and thousands" : "",
                 reading->other);
    else if (choice->fit[i] == INFER_AMBIGUOUS)
        str_addf(to, "field '%s' could be '%s' in two ways: format \"%s\", or %s; it is left out\n", field, column,
                 reading->column.format != NULL ? reading->column.format : "ISO 8601", reading->other);
    else if (choice->fit[i] == INFER_EMPTY)
        str_addf(to, "field '%s' is empty in the sample: it is '%s' by its name alone\n", field, column);
    if (choice->fit[i] == INFER_FITS && reading->zone_matters)
        str_addf(to, "times in '%s' name no zone: they are read as UTC\n", field);
    if (is_told(choice, i) && is_number && reading->column.shift == 2)
        str_addf(to, "'%s' is read as whole units of money: '%s' is that times 100\n", field, column);
}

/* A name that fits and values that do not. */
static const char *column_of_name(const struct choice *choice, const char *field)
{
    for (int score = 4; score > 0; score--)
        for (size_t i = 0; i < choice->width; i++)
            if (choice->field[i] < 0 && infer_name_score(field, choice->target->columns[i].name) == score)
                return choice->target->columns[i].name;
    return NULL;
}

static void remark_fields(const struct infer_sample *sample, const struct choice *choice, struct str *to)
{
    for (size_t f = 0; f < sample->field_count; f++) {
        const char *name = sample->fields[f].name, *column = column_of_name(choice, name);

        if (choice->used[f])
            continue;
        if (sample->fields[f].twice)
            str_addf(to, "field '%s' is there twice: it is left out\n", name);
        else if (column != NULL)
            str_addf(to, "field '%s' is named as '%s', but not all its values read as that: it is left out\n", name,
                     column);
        else
            str_addf(to, "field '%s' fits no column of '%s'\n", name, choice->target->name);
    }
}

static void remark(const struct infer_sample *sample, const struct choice *choice, struct str *to)
{
    str_addf(to, "%zu record%s of %s, as '%s'\n", sample->rows, sample->rows == 1 ? "" : "s", sample->kind,
             choice->target->name);
    if (sample->faults > 0)
        str_addf(to, "%zu record%s of the sample cannot be read\n", sample->faults, sample->faults == 1 ? "" : "s");
    for (size_t i = 0; i < choice->width; i++)
        if (choice->field[i] >= 0)
            remark_column(sample, choice, i, to);
    for (size_t i = 0; i < choice->target->key_columns; i++)
        if (!is_told(choice, i) && !choice->target->columns[i].needed)
            str_addf(to, "no field is '%s', which is part of the key of '%s'\n", choice->target->columns[i].name,
                     choice->target->name);
    remark_fields(sample, choice, to);
}

static int check_needed(const struct choice *choice, struct error *error)
{
    struct str missing = STR_INIT;

    for (size_t i = 0; i < choice->width; i++)
        if (choice->target->columns[i].needed && !is_told(choice, i))
            str_addf(&missing, "%s'%s'", missing.length > 0 ? ", " : "", choice->target->columns[i].name);
    if (missing.length > 0) {
        error_set(error, ERR_PARTIAL, "'%s' needs what no field surely is: %s", choice->target->name,
                  str_text(&missing));
        error_hint(error, "add to 'columns' what they come from, or name another target: target=NAME");
    }
    bool bad = missing.length > 0;
    str_done(&missing);
    return bad ? ERR_PARTIAL : 0;
}

static int refuse_target(const char *name, struct error *error)
{
    const char *names[16];
    size_t      count = 0;

    for (; targets[count] != NULL && count < COUNT_OF(names); count++)
        names[count] = targets[count]->name;
    const char *near = nearest_word(name, strlen(name), names, count);
    error_set(error, ERR_UNKNOWN, "unknown target '%s'", name);
    if (near != NULL)
        error_hint(error, "did you mean '%s'?", near);
    return ERR_UNKNOWN;
}

int infer_propose(const struct infer_sample *sample, const char *target, struct str *to, struct str *remarks,
                  struct error *error)
{
    struct choice        best = {.weight = INT32_MIN};
    const struct target *also = NULL;

    if (target != NULL && target_find(target) == NULL)
        return refuse_target(target, error);
    for (size_t i = 0; targets[i] != NULL; i++) {
        struct choice choice = {.weight = INT32_MIN};

        if (target == NULL || text_equal(targets[i]->name, target))
            choice = choose(sample, targets[i]);
        if (choice.target != NULL && choice.weight > best.weight) {
            best = choice;
            also = NULL;
        } else if (choice.target != NULL && choice.weight == best.weight) {
            also = choice.target;
        }
    }
    if (best.weight <= WORST) {
        error_set(error, ERR_FAILED, "no field has the name and the values of a column that can be filled");
        error_hint(error, "the first line is to have names, as 'video_id', 'date', 'views'");
        return ERR_FAILED;
    }
    remark(sample, &best, remarks);
    if (also != NULL)
        str_addf(remarks, "'%s' fits as well: target=%s\n", also->name, also->name);
    write_mapping(sample, &best, to);
    return check_needed(&best, error);
}
