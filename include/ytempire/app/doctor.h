/*
 * app/doctor: servers, rights, files and the terminal, looked at one by one. Starts and changes nothing.
 */
#ifndef YTEMPIRE_APP_DOCTOR_H
#define YTEMPIRE_APP_DOCTOR_H

#include "ytempire/app.h"

/* Yields `check state value what_to_do`: state ok, warning, error or skipped (it could not be looked at, or does not
 * apply). A server that is not there is an error, and the rest is looked at all the same. ERR_FINDING when one is an
 * error. In a task. */
int app_doctor(struct app *app, struct sink *sink, struct error *error) NODISCARD;

#endif
