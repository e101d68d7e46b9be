/*
 * ui: the console.
 *
 * One terminal, one frame, one prompt, and the screens. Takes the terminal on standard input and gives it back as it was,
 * however the program ends. Commands run in tasks; a key is answered within a frame whatever runs.
 */
#ifndef YTEMPIRE_UI_H
#define YTEMPIRE_UI_H

#include "ytempire/app.h"
#include "ytempire/base/error.h"

/* Runs the console until the person leaves. ERR_USAGE: this terminal cannot place its cursor (TERM=dumb); nothing was
 * drawn, and a plain prompt can be used. Not in a task: it turns the loop itself. */
int ui_run(struct app *app, int *ret_exit_code, struct error *error) NODISCARD;

#endif
