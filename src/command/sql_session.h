/*
 * command/sql_session: whether a statement can make the session another one: another role, settings, or tables of its
 * own that come before all others. Such a session shares no answers with others. Pure, and careful: what is not known
 * to be harmless is not.
 */
#ifndef COMMAND_SQL_SESSION_H
#define COMMAND_SQL_SESSION_H

#include <stdbool.h>

/* `verb`: its first word, in lower case. */
bool sql_may_alter_session(const char *text, const char *verb);

#endif
