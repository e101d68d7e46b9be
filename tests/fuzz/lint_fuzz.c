/*
 * Any text is read as a part of a migration, for either engine: it is refused with an error, or gives statements that are
 * pieces of it, in order, with a known lock, and findings on their lines.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ytempire/base/mem.h"
#include "ytempire/base/str.h"
#include "ytempire/migrate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds, const char *what, const char *text)
{
    if (holds)
        return;
    (void)fprintf(stderr, "%s: %s\n", what, text);
    abort();
}

static void check_statements(const struct migrate_lint *lint, const char *text)
{
    static const char               locks[] = "|ACCESS SHARE|ROW SHARE|ROW EXCLUSIVE|SHARE UPDATE EXCLUSIVE|SHARE|SHARE ROW EXCLUSIVE|EXCLUSIVE|ACCESS EXCLUSIVE|";
    size_t                          count, line = 1;
    const struct migrate_statement *statements = migrate_lint_statements(lint, &count);

    for (size_t i = 0; i < count; i++) {
        _cleanup_(mem_freep) char *lock = mem_printf("|%s|", statements[i].lock);

        must(statements[i].sql[0] != '\0' && strstr(text, statements[i].sql) != NULL, "a statement that is no piece of the text", text);
        must(statements[i].line >= line, "statements out of order", text);
        must(statements[i].lock[0] == '\0' || strstr(locks, lock) != NULL, "a lock that does not exist", text);
        must(statements[i].target == NULL || statements[i].target[0] != '\0', "a target without a name", text);
        line = statements[i].line;
    }
}

static void check_findings(const struct migrate_lint *lint, const char *text)
{
    size_t                          count, statement_count;
    const struct migrate_finding   *findings = migrate_lint_findings(lint, &count);
    const struct migrate_statement *statements = migrate_lint_statements(lint, &statement_count);

    for (size_t i = 0; i < count; i++) {
        bool found = false;

        for (size_t s = 0; s < statement_count && !found; s++)
            found = statements[s].line == findings[i].line;
        must(found, "a finding on a line without a statement", text);
        must(findings[i].rule[0] != '\0' && findings[i].message[0] != '\0', "a finding without words", text);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bool                 down = size > 0 && data[0] & 1, alone = size > 0 && data[0] & 2;
    char                *text = mem_strndup((const char *)data, size);
    struct migration     migration = {.file = (char *)(uintptr_t)"fuzz.sql", .up = text, .down = text, .up_line = 1, .down_line = 1, .no_transaction = alone};
    struct migrate_lint *lint = NULL;
    struct error         error = ERROR_INIT;
    int                  r = migrate_lint_read(&migration, down, size % 2 ? "native" : "timescaledb", &lint, &error);

    if (r < 0) {
        must(error.code == r && error.text != NULL && error.where != NULL, "refused without an error", text);
    } else {
        check_statements(lint, text);
        check_findings(lint, text);
    }
    mem_free(error_render(&error));
    error_done(&error);
    migrate_lint_free(lint);
    mem_free(text);
    return 0;
}
