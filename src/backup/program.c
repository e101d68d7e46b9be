/* pg_dump and pg_restore as children: which, how they find the server, what they say. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "backup_int.h"
#include "ytempire/engine/loop.h"
#include "ytempire/engine/postgres.h"
#include "ytempire/engine/process.h"

#define TELL_EVERY (US_PER_SECOND / 4)

/* -- which --------------------------------------------------------------------------------------------------------- */

static int refuse(const char *name, int major, const char *found, struct error *error)
{
    if (*found != '\0')
        error_set(error, ERR_FAILED, "%s %s is older than PostgreSQL %d, whose database it cannot read", name, found,
                  major);
    else
        error_set(error, ERR_FAILED, "%s is not installed", name);
    error_hint(error,
               "install it ('apt-get install postgresql-client-%d'), or name the folder of PostgreSQL's programs "
               "in YTEMPIRE_PGBIN",
               major);
    return ERR_FAILED;
}

/* The server's own version where it is there: what a newer pg_dump writes may set what an older server does not know.
 */
int program_find(const char *name, int major, char **ret_path, struct error *error)
{
    struct postgres_programs programs;
    _cleanup_(mem_freep) char *found = NULL;
    const struct postgres_program *best = NULL;
    int r = 0;

    postgres_programs_find(name, &programs);
    r = task_cancelled(task_current());
    if (r < 0) {                        /* those that were not asked any more are no reason to say there is none */
        postgres_programs_done(&programs);
        return error_set(error, r, "%s was still being looked for", name);
    }
    found = postgres_programs_majors(&programs);
    for (size_t i = 0; i < programs.count; i++)
        if (programs.items[i].major >= major && (best == NULL || programs.items[i].major < best->major))
            best = &programs.items[i];
    if (best != NULL)
        *ret_path = mem_strdup(best->path);
    else
        r = refuse(name, major, found, error);
    postgres_programs_done(&programs);
    return r;
}

/* -- what they say ------------------------------------------------------------------------------------------------- */

struct listening {
    const struct program_run *run;
    struct str  line, trouble;        /* of which all lines are kept, up to a bound */
    char       *table;
    size_t      tables;
    int64_t     told_at;
};

#define TROUBLE_MOST 4000

static void hear_line(struct listening *listening, const char *line)
{
    const char *mark = strstr(line, listening->run->mark);
    const char *error = strstr(line, "error: ");

    if (mark != NULL) {
        listening->tables++;
        mem_free(listening->table);
        listening->table = mem_strdup(mark + strlen(listening->run->mark));
    } else if (error != NULL && listening->trouble.length < TROUBLE_MOST) {
        str_addf(&listening->trouble, "%s%s", listening->trouble.length > 0 ? "; " : "", error + strlen("error: "));
    } else if (listening->trouble.length > 0 && listening->trouble.length < TROUBLE_MOST &&
               strstr(line, "ERROR:") != NULL) {
        str_addf(&listening->trouble, " %s", line);
    }
}

static void tell(struct listening *listening)
{
    const struct program_run *run = listening->run;
    const char  *table = listening->table != NULL ? listening->table : "";
    struct stat  about;
    char         what[200];
    int64_t      now = monotonic_us();

    if (run->tables == 0 || now < listening->told_at + TELL_EVERY)
        return;
    listening->told_at = now;
    if (run->output > 0 && fstat(run->output, &about) == 0)
        (void)snprintf(what, sizeof what, "%s %.120s (%.1f MB)", run->verb, table, (double)about.st_size / 1e6);
    else
        (void)snprintf(what, sizeof what, "%s %.120s", run->verb, table);
    sink_progress(run->sink, what, listening->tables < run->tables ? listening->tables : run->tables, run->tables,
                  "tables");
}

static void on_look(void *who, const char *said, size_t length)
{
    struct listening *listening = who;

    for (size_t i = 0; i < length; i++) {
        if (said[i] != '\n') {
            str_add_char(&listening->line, said[i]);
            continue;
        }
        hear_line(listening, str_text(&listening->line));
        str_clear(&listening->line);
    }
    tell(listening);
}

/* -- running ------------------------------------------------------------------------------------------------------- */

#define SIGNAL_STATUS 128

static int explain(const struct program_run *run, int status, struct listening *listening, struct error *error)
{
    const char *slash = strrchr(run->argv[0], '/'), *name = slash != NULL ? slash + 1 : run->argv[0];
    const char *said = str_text(&listening->trouble);

    if (*said == '\0')
        said = listening->line.length > 0 ? str_text(&listening->line) : "it gave no reason";
    if (strstr(said, "No space left on device") != NULL || strstr(said, "File too large") != NULL ||
        strstr(said, "quota exceeded") != NULL || status == SIGNAL_STATUS + 25 /* SIGXFSZ */) {
        error_set(error, ERR_IO, "the disk is full: %s could not write on", name);
        error_hint(error, "make room, or keep backups elsewhere: 'set backup-folder DIR'; nothing was left behind");
        return ERR_IO;
    }
    if (status > SIGNAL_STATUS)
        return error_set(error, ERR_FAILED, "%s was ended by signal %d", name, status - SIGNAL_STATUS);
    return error_set(error, ERR_FAILED, "%s: %s", name, said);
}

/* Its words are read, so they are English. */
static const char **whole_environment(char **way_in)
{
    static const char *const ours[] = {"LC_ALL", "LANGUAGE", "LC_MESSAGES=C"};
    const char **all = NULL;
    size_t       count = 0, room = 0;

    for (char **one = way_in; one != NULL && *one != NULL; one++)
        VEC_PUSH(all, count, room, *one);
    for (size_t i = 0; i < COUNT_OF(ours); i++)
        VEC_PUSH(all, count, room, ours[i]);
    VEC_PUSH(all, count, room, NULL);
    return all;
}

int program_run(const struct program_run *run, struct error *error)
{
    struct listening       listening = {.run = run};
    struct process_options options = {.argv = run->argv, .user = (uid_t)-1, .output = run->output, .follows = true,
                                      .input = run->input, .input_length = run->input != NULL ? strlen(run->input) : 0,
                                      .on_look = on_look, .who = &listening};
    char **way_in = NULL;
    int    status = -1, r = run->pg != NULL ? pg_environment(run->pg, &way_in, error) : 0;
    _cleanup_(mem_freep) const char **environment = whole_environment(way_in);

    options.environment = environment;
    if (r >= 0)
        r = process_run(&options, &status, NULL, NULL, error);
    if (r >= 0 && status != 0)
        r = explain(run, status, &listening, error);
    if (run->tables > 0)
        sink_progress_end(run->sink);
    pg_environment_free(way_in);
    mem_free(listening.table);
    str_done(&listening.line);
    str_done(&listening.trouble);
    return r;
}
