/*
 * history: what was typed, in readline's list and in a file that all sessions share.
 *
 * The file has for each entry a line "#SECONDS" and its text; a line of the text that begins with # or \ has a \ in
 * front. An entry is appended at once under a lock, and what other sessions appended is taken in before it, so every
 * session has the order of the file. Entries next to each other that are the same are kept once; lines that begin with
 * a space are not kept; at most HISTORY_MOST entries are. Reads and writes a local file: no wait worth a task. Of a
 * long file only the end is read at first, so that a start costs the same whatever was typed before.
 */
#ifndef YTEMPIRE_UI_HISTORY_H
#define YTEMPIRE_UI_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "ytempire/base/error.h"

enum { HISTORY_MOST = 100000 };

struct history_file;

/* Makes the file (0600) and its folder when missing, and fills readline's list. */
int  history_file_open(const char *path, struct history_file **ret_file, struct error *error) NODISCARD;
void history_file_close(struct history_file *file);
/* Takes in what other sessions appended; true when that was anything. One stat when it was nothing. */
bool history_file_follow(struct history_file *file);
/* Reads what was left out at first; for a search. The list is made anew: not while an entry is being edited. */
bool history_file_complete(struct history_file *file);
/* Into the list, and into the file when there is one (`file` may be NULL). */
void history_file_add(struct history_file *file, const char *line);

#endif
