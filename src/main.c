/* Arguments → session → one front end. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ytempire/base/file.h"
#include "ytempire/base/log.h"
#include "ytempire/base/mem.h"
#include "ytempire/batch.h"
#include "ytempire/command.h"
#include "ytempire/conf.h"
#include "ytempire/ui.h"
#include "ytempire/worker.h"

/* A closed standard stream would give its number to the next pipe or connection. Input and messages get /dev/null, output
 * one that refuses to be written to, so that a result nobody can get is an error. */
static void fill_standard_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)!open("/dev/null", fd == STDOUT_FILENO ? O_RDONLY : O_RDWR);
}

/* What is written and left, without a session: 1 when it was. */
static int write_and_leave(const struct conf *conf, struct error *error)
{
    struct str text = STR_INIT;
    int r;

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
    r = fd_write_all(STDOUT_FILENO, str_text(&text), text.length);
    str_done(&text);
    if (r < 0 && r != ERR_CLOSED)
        return error_set(error, r, "cannot write to standard output: %s", strerror(errno));
    return 1;
}

static void open_log(const struct conf *conf)
{
    enum log_level level;

    if (log_level_from_text(conf_text(conf, OPTION_LOG_LEVEL), &level) == 0 && level != LOG_OFF)
        log_open(level, STDERR_FILENO);
}

/* The console where a person sits at a terminal that can show it, else a batch. */
static int run_for_people(struct app *app)
{
    struct error error = ERROR_INIT;
    int          exit_code = 0, r = ERR_USAGE;

    if (conf_script_count(app->conf) == 0 && conf_text(app->conf, OPTION_OUTPUT) == NULL && isatty(STDIN_FILENO) == 1 &&
        isatty(STDOUT_FILENO) == 1) {
        r = ui_run(app, &exit_code, &error);
        if (r < 0)
            (void)batch_report(app->conf, &error);
        error_done(&error);
    }
    return r >= 0 ? exit_code : batch_run(app);
}

static int run_front_end(struct app *app, int *ret_exit_code, struct error *error)
{
    if (conf_flag(app->conf, OPTION_WORKER))
        return worker_run(app, ret_exit_code, error);
    *ret_exit_code = run_for_people(app);
    return 0;
}

static int run(struct conf *conf, int argc, char **argv, int *ret_exit_code, struct error *error)
{
    _cleanup_(app_freep) struct app *app = NULL;
    struct loop *loop;
    int r;

    r = conf_parse(conf, argc, argv, error);
    if (r >= 0)
        r = write_and_leave(conf, error);
    if (r != 0)
        return r;
    r = conf_load(conf, error);
    if (r < 0)
        return r;
    open_log(conf);
    loop = loop_new();
    r = app_new(loop, conf, &app, error);
    if (r >= 0) {
        r = run_front_end(app, ret_exit_code, error);
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

    fill_standard_streams();
    mem_keep();
    conf = conf_new();

    if (run(conf, argc, argv, &exit_code, &error) < 0)
        exit_code = batch_report(conf, &error);
    error_done(&error);
    conf_free(conf);
    return exit_code;
}
