#include "ytempire/engine/postgres.h"

#include <glob.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ytempire/base/mem.h"
#include "ytempire/base/file.h"
#include "ytempire/base/str.h"
#include "ytempire/engine/process.h"

/* "pg_dump (PostgreSQL) 15.20 (Debian …)" */
static int read_major(const char *path)
{
    _cleanup_(mem_freep) char *words = NULL;
    const char *const argv[] = {path, "--version", NULL};
    const char *number;
    long long   major = 0;
    int         status = -1;

    if (process_run(&(struct process_options){.argv = argv, .user = (uid_t)-1}, &status, &words, NULL, NULL) < 0 ||
        status != 0)
        return 0;
    number = strstr(words, ") ");
    if (number == NULL || text_to_int64(number + 2, strspn(number + 2, "0123456789"), &major) < 0)
        return 0;
    return (int)major;
}

/* A link to a program of the same name stands for it, one to another (a wrapper that chooses) for itself. */
static char *folder_of(const char *folder, const char *name)
{
    _cleanup_(mem_freep) char *path = path_join(folder, name);
    char real[PATH_MAX], *slash;

    if (realpath(path, real) == NULL || access(real, X_OK) < 0 || file_is_folder(real))
        return NULL;
    slash = strrchr(real, '/');
    if (!text_equal(slash + 1, name))
        return mem_strdup(folder);
    *slash = '\0';
    return mem_strdup(real);
}

static void add_folder(struct postgres_programs *programs, const char *where, const char *name)
{
    char *folder = folder_of(where, name);
    struct postgres_program program = {.folder = folder};

    for (size_t i = 0; folder != NULL && i < programs->count; i++)
        if (text_equal(programs->items[i].folder, folder)) {
            mem_free(folder);
            return;
        }
    if (folder == NULL)
        return;
    program.path = path_join(folder, name);
    program.major = read_major(program.path);
    VEC_PUSH(programs->items, programs->count, programs->room, program);
}

static void add_list(struct postgres_programs *programs, const char *list, const char *name)
{
    for (const char *at = list; *at != '\0';) {
        size_t length = strcspn(at, ":");
        _cleanup_(mem_freep) char *folder = mem_strndup(at, length);

        if (length > 0)
            add_folder(programs, folder, name);
        at += length + (at[length] == ':');
    }
}

static void add_pattern(struct postgres_programs *programs, const char *pattern, const char *name)
{
    glob_t found;

    if (glob(pattern, GLOB_ONLYDIR, NULL, &found) != 0)
        return;
    for (size_t i = 0; i < found.gl_pathc; i++)
        add_folder(programs, found.gl_pathv[i], name);
    globfree(&found);
}

void postgres_programs_find(const char *name, struct postgres_programs *ret_programs)
{
    const char *said = getenv("YTEMPIRE_PGBIN"), *path = getenv("PATH");
    struct postgres_programs programs = {0};

    if (said != NULL && *said != '\0') {
        add_list(&programs, said, name);
    } else {
        add_pattern(&programs, "/usr/lib/postgresql/*/bin", name);    /* Debian and its kin */
        add_pattern(&programs, "/usr/pgsql-*/bin", name); /* PostgreSQL's packages for Red Hat and its kin */
        add_list(&programs, path != NULL ? path : "", name);
    }
    *ret_programs = programs;
}

void postgres_programs_done(struct postgres_programs *programs)
{
    for (size_t i = 0; i < programs->count; i++) {
        mem_free(programs->items[i].folder);
        mem_free(programs->items[i].path);
    }
    mem_free(programs->items);
    *programs = (struct postgres_programs){0};
}

char *postgres_programs_majors(const struct postgres_programs *programs)
{
    struct str words = STR_INIT;

    for (size_t i = 0; i < programs->count; i++)
        if (programs->items[i].major > 0)
            str_addf(&words, "%s%d", words.length > 0 ? ", " : "", programs->items[i].major);
    return str_take(&words);
}
