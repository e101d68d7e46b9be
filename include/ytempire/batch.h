/*
 * batch: commands from --exec, --file, standard input or, on a terminal that cannot show the console, a plain
 * prompt.
 *
 * Results go to standard output (or --output) in the chosen format, everything else to standard error. The first
 * failure ends the batch, and its exit code is the program's (contract.md, "Exit codes"). SIGINT, SIGTERM and SIGHUP
 * stop the command under way, on the server too; a second one ends the program at once. A closed pipe ends quietly.
 */
#ifndef YTEMPIRE_BATCH_H
#define YTEMPIRE_BATCH_H

#include "ytempire/app.h"
#include "ytempire/base/error.h"

/* Runs what the options ask for and returns the exit code. Not in a task: it turns the loop itself. */
int batch_run(struct app *app);
/* Prints an error as this front end does, for what fails before there is a batch; returns its exit code. */
int batch_report(const struct conf *conf, const struct error *error);

#endif
