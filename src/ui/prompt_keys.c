/* What a key does before readline sees it. Keys are known by the function they are bound to, so an inputrc holds. */
#include <string.h>

#include "prompt_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/base/utf8.h"
#include "ytempire/command.h"

/* -- Enter --------------------------------------------------------------------------------------------------------- */

static void new_line(void)
{
    if (!prompt_inserts()) {
        rl_point = rl_end;
        rl_vi_insertion_mode(1, 'i');
    }
    rl_insert_text("\n");
}

/* False: the text is whole, readline ends it. */
static bool enter(struct prompt *prompt)
{
    const char *text = prompt_text(prompt);

    if (!splitter_wants_more(text, strlen(text)))
        return false;
    new_line();
    return true;
}

/* -- lines of a text ----------------------------------------------------------------------------------------------- */

static int line_begin(int at)
{
    while (at > 0 && rl_line_buffer[at - 1] != '\n')
        at--;
    return at;
}

static int line_end(int at)
{
    while (at < rl_end && rl_line_buffer[at] != '\n')
        at++;
    return at;
}

/* To the line before or after, as near to the column as that is long. False: there is none. */
static bool move_line(struct prompt *prompt, int by)
{
    int begin = line_begin(rl_point), end = line_end(rl_point), length;
    size_t width;

    if (by < 0 ? begin == 0 : end == rl_end)
        return false;
    if (prompt->goal < 0)
        prompt->goal = (int)utf8_width(rl_line_buffer + begin, (size_t)(rl_point - begin));
    begin = by < 0 ? line_begin(begin - 1) : end + 1;
    length = line_end(begin) - begin;
    rl_point = begin + (int)utf8_prefix_of_width(rl_line_buffer + begin, (size_t)length, (size_t)prompt->goal, &width);
    if (!prompt_inserts() && rl_point > begin && rl_point == begin + length)
        rl_point--;                              /* vi's cursor stands on a character */
    return true;
}

/* -- the table ----------------------------------------------------------------------------------------------------- */

static bool is_completion(rl_command_func_t *function)
{
    return function == rl_complete || function == rl_possible_completions || function == rl_insert_completions ||
           function == rl_menu_complete || function == rl_old_menu_complete || function == rl_backward_menu_complete ||
           function == rl_vi_complete;
}

/* Functions that read one more key and take it as it is. */
static bool reads_key(rl_command_func_t *function)
{
    return function == rl_quoted_insert || function == rl_char_search || function == rl_backward_char_search ||
           function == rl_vi_char_search || function == rl_vi_change_char || function == rl_vi_set_mark ||
           function == rl_vi_goto_mark;
}

/* What looks through the whole history. */
static bool searches(rl_command_func_t *function)
{
    return function == rl_reverse_search_history || function == rl_noninc_reverse_search || function == rl_vi_search ||
           function == rl_history_search_backward || function == rl_history_substr_search_backward ||
           function == rl_beginning_of_history || function == rl_vi_fetch_history;
}

static bool take_ghost(struct prompt *prompt, const char *key, rl_command_func_t *function)
{
    bool all = text_equal(key, "Right") || text_equal(key, "End") ||
               (text_equal(key, "C-e") && function == rl_end_of_line);
    bool word = text_equal(key, "C-f") || text_equal(key, "C-Right") ||
                (text_equal(key, "M-f") && rl_editing_mode == 1);

    if ((!all && !word) || ghost_text(prompt) == NULL)
        return false;
    ghost_take(prompt, word);
    return true;
}

bool prompt_own_key(struct prompt *prompt, const struct input_event *event, rl_command_func_t *function)
{
    bool vertical = function == rl_get_previous_history || function == rl_get_next_history;

    if (!vertical)
        prompt->goal = -1;
    prompt->literal = reads_key(function);
    if (prompt->past != NULL && searches(function) && where_history() == history_length &&
        history_file_complete(prompt->past))
        ghost_forget(prompt);
    if (vertical)
        return move_line(prompt, function == rl_get_previous_history ? -1 : 1);
    if (text_equal(event->key, "M-Enter") || text_equal(event->key, "S-Enter")) {
        new_line();
        return true;
    }
    if (function == rl_newline)
        return enter(prompt);
    if (is_completion(function) && prompt_inserts()) {
        popup_open(prompt);
        return true;
    }
    return take_ghost(prompt, event->key, function);
}
