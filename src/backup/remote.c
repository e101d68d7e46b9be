/*
 * The copy elsewhere, by rclone, which knows S3 and seventy others, and keeps their credentials. What lies there is
 * compared with what lies here before anybody relies on it. Nothing is ever removed there: how long copies stay is the
 * bucket's rule (S3: lifecycle), so that whoever gets hold of this machine cannot take the copies away.
 */
#include <string.h>

#include "backup_int.h"
#include "ytempire/engine/process.h"

static char *last_line(const char *words)
{
    const char *end = words + strlen(words), *start;

    while (end > words && (end[-1] == '\n' || end[-1] == ' '))
        end--;
    for (start = end; start > words && start[-1] != '\n';)
        start--;
    return mem_strndup(start, (size_t)(end - start));
}

static int run(const char *const *argv, struct error *error)
{
    _cleanup_(mem_freep) char *out = NULL, *words = NULL;
    int status = -1;
    int r = process_run(&(struct process_options){.argv = argv, .user = (uid_t)-1, .follows = true}, &status, &out,
                        &words, error);

    if (r >= 0 && status != 0) {
        _cleanup_(mem_freep) char *last = last_line(words);

        r = error_set(error, ERR_FAILED, "rclone %s: %s", argv[1], *last != '\0' ? last : "it gave no reason");
        error_hint(error, "'rclone lsd %s' tries it by hand; 'rclone config' sets a remote up", argv[3]);
    }
    return r;
}

int remote_copy(const char *remote, const struct manifest *manifest, struct sink *sink, struct error *error)
{
    _cleanup_(mem_freep) char *program = process_find("rclone", NULL);
    _cleanup_(mem_freep) char *there = mem_printf(
        "%s%s%s", remote, text_ends(remote, "/") || text_ends(remote, ":") ? "" : "/", manifest->name);
    int r;

    if (program == NULL) {
        error_set(error, ERR_FAILED, "rclone is not installed");
        error_hint(error, "install it ('apt-get install rclone'), or 'set backup-remote' to nothing");
        return ERR_FAILED;
    }
    const char *copy[] = {program, "copy", manifest->folder, there, NULL};
    const char *check[] = {program, "check", manifest->folder, there, NULL};
    sink_progress(sink, "copying to the remote", 0, 0, NULL);
    r = run(copy, error);
    sink_progress(sink, "comparing with the remote", 0, 0, NULL);
    if (r >= 0)
        r = run(check, error);
    sink_progress_end(sink);
    return r;
}
