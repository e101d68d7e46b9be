/* A file in the person's own editor. */
#include <stdlib.h>

#include "command_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/engine/process.h"

/* $VISUAL or $EDITOR may have words of its own, so a shell reads it, as git and crontab have it. */
int command_edit_file(struct app *app, const char *path, struct error *error)
{
    const char *editor = getenv("VISUAL"), *shell = "/bin/sh";
    int         status;

    if (editor == NULL || *editor == '\0')
        editor = getenv("EDITOR");
    if (editor == NULL || *editor == '\0')
        editor = "vi";
    _cleanup_(mem_freep) char *line = mem_printf("%s \"$1\"", editor);
    if (app->console != NULL)
        app->console->lend(app->console, true);
    status = process_on_terminal((const char *const[]){shell, "-c", line, editor, path, NULL}, error);
    if (app->console != NULL)
        app->console->lend(app->console, false);
    if (status < 0)
        return status;
    return status == 0 ? 0 : error_set(error, ERR_FAILED, "the editor ended with %d: nothing is changed", status);
}
