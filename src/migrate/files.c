/*
 * Invariant: a set that could be loaded is in order: one file a version for the engine asked for, in both engines' or in
 * neither's, sorted by number; each has a part `up`, ends no transaction by itself, and holds one statement a part where
 * it runs outside one. Texts have LF line ends and no byte order mark, and so has what the checksum is made of.
 */
#include <stdlib.h>
#include <string.h>

#include "migrate_int.h"
#include "ytempire/base/file.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/sha256.h"
#include "ytempire/base/str.h"
#include "ytempire/base/utf8.h"

#define FILE_MOST ((size_t)16 * 1024 * 1024)

struct migration_set {
    struct migration *items;
    size_t            count, room;
    char              checksum[SHA256_TEXT_SIZE];
};

char *migrate_folder(const char *folder)
{
    return folder != NULL ? mem_strdup(folder) : path_join(program_data_folder(), "sql/migrations");
}

/* -- one file -------------------------------------------------------------------------------------------------------- */

static int refuse(struct error *error, const char *file, size_t line, const char *why)
{
    int r = error_set(error, ERR_SYNTAX, "%s", why);

    error_where(error, file, line, 0);
    return r;
}

/* Ends lines with LF and drops a byte order mark, in place. */
static size_t normalise(char *text, size_t length)
{
    size_t from = length >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0, to = 0;

    for (; from < length; from++)
        if (text[from] != '\r' || from + 1 == length || text[from + 1] != '\n')
            text[to++] = text[from];
    text[to] = '\0';
    return to;
}

static int read_text(const char *folder, const char *file, char **ret_text, struct error *error)
{
    _cleanup_(mem_freep) char *path = path_join(folder, file);
    _cleanup_(mem_freep) char *text = NULL;
    size_t                     length, valid;
    int                        r = file_read(path, FILE_MOST, &text, &length, error);

    if (r < 0)
        return r == ERR_UNKNOWN ? ERR_IO : r;
    length = normalise(text, length);
    valid = utf8_valid_prefix(text, length);
    if (valid < length)
        return refuse(error, file, migrate_line_of(text, valid, 1), "the file is not UTF-8");
    if (strlen(text) < length)
        return refuse(error, file, migrate_line_of(text, strlen(text), 1), "the file holds a NUL byte");
    *ret_text = TAKE(text);
    return 0;
}

enum directive { DIRECTIVE_NONE, DIRECTIVE_UP, DIRECTIVE_DOWN, DIRECTIVE_NO_TRANSACTION, DIRECTIVE_UNKNOWN };

static enum directive directive_of(const char *line, size_t length)
{
    static const char *const names[] = {"", "up", "down", "no-transaction"};
    static const char        start[] = "-- migrate:";

    if (length < sizeof start - 1 || memcmp(line, start, sizeof start - 1) != 0)
        return DIRECTIVE_NONE;
    line += sizeof start - 1;
    length -= sizeof start - 1;
    while (length > 0 && (line[length - 1] == ' ' || line[length - 1] == '\t'))
        length--;
    for (size_t i = 1; i < COUNT_OF(names); i++)
        if (strlen(names[i]) == length && memcmp(line, names[i], length) == 0)
            return (enum directive)i;
    return DIRECTIVE_UNKNOWN;
}

struct parts {
    const char *up, *down;            /* where each begins in the text; NULL: not there */
    const char *up_end;
    size_t      up_line, down_line;
};

static int note_directive(struct migration *migration, struct parts *parts, enum directive directive, const char *line, size_t number,
                          struct error *error)
{
    const char *after = line + strcspn(line, "\n");

    after += *after == '\n';
    if (directive == DIRECTIVE_UNKNOWN)
        return refuse(error, migration->file, number, "a line '-- migrate:…' says up, down or no-transaction");
    if (directive == DIRECTIVE_NO_TRANSACTION)
        migration->no_transaction = true;
    if (directive == DIRECTIVE_UP) {
        if (parts->up != NULL || parts->down != NULL)
            return refuse(error, migration->file, number, "'-- migrate:up' stands once, and before '-- migrate:down'");
        parts->up = after;
        parts->up_line = number + 1;
    }
    if (directive == DIRECTIVE_DOWN) {
        if (parts->up == NULL || parts->down != NULL)
            return refuse(error, migration->file, number, "'-- migrate:down' stands once, and after '-- migrate:up'");
        parts->down = after;
        parts->down_line = number + 1;
        parts->up_end = line;
    }
    return 0;
}

static int find_parts(struct migration *migration, const char *text, struct error *error)
{
    struct parts parts = {0};
    size_t       number = 1, before = 0, at, length;
    int          r;

    for (const char *line = text; *line != '\0'; number++) {
        size_t         n = strcspn(line, "\n");
        enum directive directive = directive_of(line, n);

        r = directive != DIRECTIVE_NONE ? note_directive(migration, &parts, directive, line, number, error) : 0;
        if (r < 0)
            return r;
        line += n + (line[n] == '\n');
    }
    if (parts.up == NULL)
        return refuse(error, migration->file, 1, "there is no line '-- migrate:up'");
    if (migrate_word(text, (size_t)(parts.up - text), &before, &at, &length))
        return refuse(error, migration->file, migrate_line_of(text, at, 1), "a statement stands before '-- migrate:up'");
    migration->up = parts.up_end != NULL ? mem_strndup(parts.up, (size_t)(parts.up_end - parts.up)) : mem_strdup(parts.up);
    migration->up_line = parts.up_line;
    migration->down = mem_strdup(parts.down != NULL ? parts.down : "");
    migration->down_line = parts.down != NULL ? parts.down_line : number;
    return 0;
}

/* Whether a statement begins or ends a transaction: the runner's business, of which the record is a part. */
static bool is_transaction_control(const char *sql, size_t at, size_t length)
{
    static const char *const words[] = {"begin", "start", "commit", "end", "rollback", "abort"};
    size_t                   cursor = at, end = at + length, word, n;

    if (!migrate_word(sql, end, &cursor, &word, &n))
        return false;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (migrate_word_is(sql, word, n, words[i]))
            return !(migrate_word_is(sql, word, n, "rollback") && migrate_word(sql, end, &cursor, &word, &n) &&
                     migrate_word_is(sql, word, n, "to"));
    return migrate_word_is(sql, word, n, "prepare") && migrate_word(sql, end, &cursor, &word, &n) &&
           migrate_word_is(sql, word, n, "transaction");
}

static int check_part(const struct migration *migration, bool down, struct error *error)
{
    const char *sql = down ? migration->down : migration->up;
    size_t      line = down ? migration->down_line : migration->up_line, cursor = 0, at = 0, length, count = 0;

    while (migrate_split(sql, &cursor, &at, &length)) {
        if (is_transaction_control(sql, at, length))
            return refuse(error, migration->file, migrate_line_of(sql, at, line),
                          "a file is one transaction: it may not begin or end one itself");
        if (++count > 1 && migration->no_transaction)
            return refuse(error, migration->file, migrate_line_of(sql, at, line),
                          "with '-- migrate:no-transaction' there is exactly one statement a part");
    }
    if (count == 0 && !down && migration->no_transaction)
        return refuse(error, migration->file, line, "with '-- migrate:no-transaction' there is exactly one statement a part");
    return 0;
}

/* -- names ------------------------------------------------------------------------------------------------------------- */

static const char *const engines[] = {ENGINE_NATIVE, ENGINE_TIMESCALEDB};

struct file_name {
    size_t version, name;             /* lengths: NNNN _ name */
    int    engine;                    /* index into engines; -1: for both */
};

static int read_name(const char *file, struct file_name *ret_name)
{
    struct file_name name = {.version = strspn(file, "0123456789"), .engine = -1};
    const char      *rest = file + name.version + 1;

    if (name.version == 0 || name.version > 12 || file[name.version] != '_')
        return ERR_SYNTAX;
    name.name = strspn(rest, "abcdefghijklmnopqrstuvwxyz0123456789_");
    rest += name.name;
    for (size_t i = 0; i < COUNT_OF(engines); i++) {
        size_t length = strlen(engines[i]);

        if (rest[0] == '.' && strncmp(rest + 1, engines[i], length) == 0 && rest[length + 1] == '.') {
            name.engine = (int)i;
            rest += length + 1;
        }
    }
    if (name.name == 0 || !text_equal(rest, ".sql"))
        return ERR_SYNTAX;
    *ret_name = name;
    return 0;
}

bool migration_file_is_of_engine(const char *file)
{
    struct file_name name;

    return read_name(file, &name) == 0 && name.engine >= 0;
}

bool migration_is_of_engine(const struct migration *migration)
{
    return migration_file_is_of_engine(migration->file);
}

static const char *without_zeros(const char *version)
{
    while (version[0] == '0' && version[1] != '\0')
        version++;
    return version;
}

int migrate_compare_versions(const char *a, const char *b)
{
    size_t n, m;
    int    order;

    a = without_zeros(a);
    b = without_zeros(b);
    n = strlen(a);
    m = strlen(b);
    order = n != m ? (n > m) - (n < m) : strcmp(a, b);
    return (order > 0) - (order < 0);
}

/* -- the folder -------------------------------------------------------------------------------------------------------- */

static void migration_done(struct migration *migration)
{
    mem_free(migration->version);
    mem_free(migration->name);
    mem_free(migration->file);
    mem_free(migration->up);
    mem_free(migration->down);
}

static int load_file(const char *folder, const char *file, const struct file_name *name, struct sha256 *sha, struct migration *migration,
                     struct error *error)
{
    _cleanup_(mem_freep) char *text = NULL;
    int                        r = read_text(folder, file, &text, error);

    if (r < 0)
        return r;
    sha256_add(sha, text, strlen(text));
    *migration = (struct migration){.version = mem_strndup(file, name->version), .name = mem_strndup(file + name->version + 1, name->name),
                                    .file = mem_strdup(file)};
    r = find_parts(migration, text, error);
    if (r >= 0)
        r = check_part(migration, false, error);
    if (r >= 0)
        r = check_part(migration, true, error);
    if (r < 0)
        migration_done(migration);
    return r;
}

/* The file at `at`, or the pair of which it is the first; sorted names have the two of a pair beside each other. */
static int load_version(struct migration_set *set, const char *folder, char *const *names, size_t count, int engine, size_t *at, struct error *error)
{
    struct migration kept = {0};
    struct sha256    sha;
    struct file_name first = {0}, name;
    size_t           files = 0;

    sha256_begin(&sha);
    for (; *at < count; ++*at, files++) {
        const char      *file = names[*at];
        struct migration one;
        int              r = read_name(file, &name);

        if (r < 0) {
            migration_done(&kept);
            return refuse(error, file, 0, "the name of a migration is NNNN_name.sql, or NNNN_name.native.sql beside NNNN_name.timescaledb.sql");
        }
        if (files == 0)
            first = name;
        else if (first.engine < 0 || name.engine < 0 || first.name != name.name || first.version != name.version ||
                 strncmp(file, names[*at - 1], name.version + 1 + name.name) != 0)
            break;
        r = load_file(folder, file, &name, &sha, &one, error);
        if (r < 0) {
            migration_done(&kept);
            return r;
        }
        if (name.engine < 0 || name.engine == engine)
            kept = one;
        else
            migration_done(&one);
    }
    if (first.engine >= 0 && files != COUNT_OF(engines)) {
        migration_done(&kept);
        return refuse(error, names[*at - 1], 0, "a file for one storage engine needs one for the other");
    }
    sha256_end(&sha, kept.checksum);
    VEC_PUSH(set->items, set->count, set->room, kept);
    return 0;
}

static int compare(const void *a, const void *b)
{
    const struct migration *one = a, *two = b;
    int                     order = migrate_compare_versions(one->version, two->version);

    return order != 0 ? order : strcmp(one->file, two->file);
}

static int settle(struct migration_set *set, struct error *error)
{
    struct sha256 sha;

    if (set->count > 1)
        qsort(set->items, set->count, sizeof *set->items, compare);
    sha256_begin(&sha);
    for (size_t i = 0; i < set->count; i++) {
        if (i > 0 && migrate_compare_versions(set->items[i - 1].version, set->items[i].version) == 0) {
            int r = refuse(error, set->items[i].file, 0, "its number is taken");

            error_hint(error, "'%s' has it; give one of them the next free number", set->items[i - 1].file);
            return r;
        }
        sha256_add(&sha, set->items[i].file, strspn(set->items[i].file, "0123456789"));
        sha256_add(&sha, set->items[i].checksum, sizeof set->items[i].checksum);
    }
    sha256_end(&sha, set->checksum);
    return 0;
}

int migration_set_load(const char *folder, const char *engine, struct migration_set **ret_set, struct error *error)
{
    _cleanup_(migration_set_freep) struct migration_set *set = mem_alloc(sizeof *set);
    _cleanup_(mem_freep) char                           *path = migrate_folder(folder);
    char                                               **names = NULL;
    size_t                                               count = 0;
    int                                                  index = text_equal(engine, ENGINE_TIMESCALEDB), r;

    r = file_list(path, ".sql", &names, &count, error);
    if (r == ERR_UNKNOWN)
        r = ERR_IO;
    for (size_t at = 0; r >= 0 && at < count;)
        r = load_version(set, path, names, count, index, &at, error);
    if (r >= 0)
        r = settle(set, error);
    for (size_t i = 0; i < count; i++)
        mem_free(names[i]);
    mem_free(names);
    if (r >= 0)
        *ret_set = TAKE(set);
    return r;
}

void migration_set_free(struct migration_set *set)
{
    if (set == NULL)
        return;
    for (size_t i = 0; i < set->count; i++)
        migration_done(&set->items[i]);
    mem_free(set->items);
    mem_free(set);
}

void migration_set_freep(struct migration_set **set)
{
    migration_set_free(*set);
    *set = NULL;
}

size_t migration_set_count(const struct migration_set *set)
{
    return set->count;
}

const struct migration *migration_set_at(const struct migration_set *set, size_t index)
{
    return &set->items[index];
}

const struct migration *migration_set_find(const struct migration_set *set, const char *version)
{
    for (size_t i = 0; i < set->count; i++)
        if (migrate_compare_versions(set->items[i].version, version) == 0)
            return &set->items[i];
    return NULL;
}

const char *migration_set_checksum(const struct migration_set *set)
{
    return set->checksum;
}
