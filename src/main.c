/* Arguments → session → one front end. */
#include <stdio.h>
#include <unistd.h>

#include "ytempire/base/file.h"
#include "ytempire/base/log.h"
#include "ytempire/base/mem.h"
#include "ytempire/batch.h"
#include "ytempire/command.h"
#include "ytempire/conf.h"

/* What is written and left, without a session: 1 when it was. */
static int write_and_leave(const struct conf *conf)
{
    struct str text = STR_INIT;

    if (conf_flag(conf, OPTION_HELP))
        command_program_help(&text);
    else if (conf_flag(conf, OPTION_VERSION))
        str_add(&text, "ytempire " PROGRAM_VERSION "\n");
    else if (conf_flag(conf, OPTION_HELP_MAN))
        command_manual(&text);
    else if (conf_flag(conf, OPTION_HELP_COMPLETION))
        command_bash_completion(&text);
    else
        return 0;
    (void)!fd_write_all(STDOUT_FILENO, str_text(&text), text.length);
    str_done(&text);
    return 1;
}

static void open_log(const struct conf *conf)
{
    enum log_level level;

    if (log_level_from_text(conf_text(conf, OPTION_LOG_LEVEL), &level) == 0 && level != LOG_OFF)
        log_open(level, STDERR_FILENO);
}

static int refuse_worker(const struct conf *conf, struct error *error)
{
    if (!conf_flag(conf, OPTION_WORKER))
        return 0;
    error_set(error, ERR_USAGE, "this version has no worker");
    error_hint(error, "'ingest' does its work in the foreground");
    return ERR_USAGE;
}

static int run(struct conf *conf, int argc, char **argv, int *ret_exit_code, struct error *error)
{
    _cleanup_(app_freep) struct app *app = NULL;
    struct loop *loop;
    int r;

    r = conf_parse(conf, argc, argv, error);
    if (r < 0 || write_and_leave(conf))
        return r;
    r = conf_load(conf, error);
    if (r >= 0)
        r = refuse_worker(conf, error);
    if (r < 0)
        return r;
    open_log(conf);
    loop = loop_new();
    r = app_new(loop, conf, &app, error);
    if (r >= 0) {
        *ret_exit_code = batch_run(app);
        app_freep(&app);
        app = NULL;
    }
    loop_free(loop);
    return r;
}

int main(int argc, char **argv)
{
    struct conf *conf;
    struct error error = ERROR_INIT;
    int          exit_code = 0;

    mem_keep();
    conf = conf_new();

    if (run(conf, argc, argv, &exit_code, &error) < 0)
        exit_code = batch_report(conf, &error);
    error_done(&error);
    conf_free(conf);
    return exit_code;
}
