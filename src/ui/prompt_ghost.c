/* Ghost text: what would follow, from the newest entry of the history that begins with the line. */
#include <string.h>

#include "prompt_int.h"
#include "ytempire/base/mem.h"

enum { GHOST_REACH = 20000 };      /* entries that are looked at: a millisecond or two */

void ghost_forget(struct prompt *prompt)
{
    mem_free(prompt->ghost.line);
    prompt->ghost.line = NULL;
}

/* From `entry` on to older ones, of the newest GHOST_REACH. */
static int find(const char *line, int entry)
{
    HIST_ENTRY **list = history_list();
    size_t       length = strlen(line);
    int          oldest = history_length > GHOST_REACH ? history_length - GHOST_REACH : 0;

    for (; list != NULL && entry >= oldest; entry--)
        if (strncmp(list[entry]->line, line, length) == 0 && list[entry]->line[length] != '\0')
            return entry;
    return -1;
}

/* A line that grew has no newer entry than the shorter one had. */
static void follow(struct ghost *ghost, const char *line)
{
    bool grew = ghost->line != NULL && text_starts(line, ghost->line);

    if (grew && line[strlen(ghost->line)] == '\0')
        return;
    ghost->entry = find(line, grew ? ghost->entry : history_length - 1);
    mem_free(ghost->line);
    ghost->line = mem_strdup(line);
}

const char *ghost_text(struct prompt *prompt)
{
    const char *line = prompt_text(prompt);

    if (rl_end == 0 || rl_point != rl_end || prompt->popup.open || !prompt_inserts() ||
        where_history() != history_length || rl_readline_state & (RL_STATE_ISEARCH | RL_STATE_NSEARCH) ||
        line[strspn(line, " \t\n")] == '\0')
        return NULL;
    follow(&prompt->ghost, line);
    if (prompt->ghost.entry < 0 || prompt->ghost.entry >= history_length)
        return NULL;
    return history_list()[prompt->ghost.entry]->line + rl_end;
}

/* Spaces and what follows up to the next space. */
static size_t word_length(const char *text)
{
    size_t spaces = strspn(text, " \t\n");

    return spaces + strcspn(text + spaces, " \t\n");
}

void ghost_take(struct prompt *prompt, bool word)
{
    const char *text = ghost_text(prompt);

    if (text == NULL)
        return;
    _cleanup_(mem_freep) char *taken = mem_strndup(text, word ? word_length(text) : strlen(text));
    rl_insert_text(taken);
}
