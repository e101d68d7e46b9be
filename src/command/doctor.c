/* doctor: what is wrong with servers, rights, files and the terminal, and what to do about it. */
#include "nouns.h"
#include "ytempire/app/doctor.h"

static int run_doctor(struct app *app, const struct args *args, struct sink *sink, struct error *error)
{
    (void)args;
    return app_doctor(app, sink, error);
}

const struct command command_doctor = {
    .name = "doctor",
    .summary = "Look for what is wrong with servers, rights, files and the terminal",
    .text = "Yields one row a check: its state ('ok', 'warning', 'error', or 'skipped' where it cannot be looked at or "
            "does not apply), what was seen, and what to do about it. Starts and changes nothing: private servers that "
            "are down are an error here. Exit code 1 when one is an error.",
    .run = run_doctor,
};
