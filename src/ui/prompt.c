/*
 * readline without a terminal, a signal or an environment of its own.
 *
 * Invariant: readline reads only from `bytes`, and only while there are some (rl_input_available_hook tells it so): it
 * never waits, and never sees an end of input. It draws nothing; a line that it accepts is given away when it has begun
 * the next.
 */
#include "prompt.h"

#include <langinfo.h>
#include <locale.h>
#include <string.h>

#include "prompt_int.h"
#include "ytempire/base/mem.h"
#include "ytempire/command.h"

static struct prompt *the_prompt;

/* -- readline's side ----------------------------------------------------------------------------------------------- */

static int has_byte(void)
{
    return the_prompt->taken < the_prompt->bytes.length;
}

static int next_byte(FILE *file)
{
    (void)file;
    return has_byte() ? (unsigned char)the_prompt->bytes.data[the_prompt->taken++] : EOF;
}

static void draw_nothing(void)
{
}

/* The popup completes; what asks readline itself gets nothing, and no names of files. */
static char **complete_nothing(const char *text, int from, int to)
{
    (void)text, (void)from, (void)to;
    rl_attempted_completion_over = 1;
    return NULL;
}

static void take_line(char *line)
{
    if (line == NULL)
        the_prompt->ended = true;
    mem_free(the_prompt->accepted);
    the_prompt->accepted = line;
}

/* readline sets the locale of the environment whenever it begins a line. */
static void keep_utf8(void)
{
    if (!text_equal(nl_langinfo(CODESET), "UTF-8"))
        setlocale(LC_CTYPE, "C.UTF-8");
}

static void install(void)
{
    rl_callback_handler_install("", take_line);
    keep_utf8();
}

/* -- setting it up ------------------------------------------------------------------------------------------------- */

/* Keys of the terminals that input.c knows, where the person's inputrc has nothing else for them. */
static void bind_keys(void)
{
    static const struct {
        const char        *bytes;
        rl_command_func_t *function;
    } keys[] = {
        {"\033[H", rl_beg_of_line},      {"\033OH", rl_beg_of_line},   {"\033[1~", rl_beg_of_line},
        {"\033[7~", rl_beg_of_line},     {"\033[F", rl_end_of_line},   {"\033OF", rl_end_of_line},
        {"\033[4~", rl_end_of_line},     {"\033[8~", rl_end_of_line},  {"\033[3~", rl_delete},
        {"\033[3;5~", rl_kill_word},     {"\033[3^", rl_kill_word},    {"\033[1;5D", rl_backward_word},
        {"\033[1;3D", rl_backward_word}, {"\033Od", rl_backward_word}, {"\033[1;5C", rl_forward_word},
        {"\033[1;3C", rl_forward_word},  {"\033Oc", rl_forward_word},  {"\033[5~", rl_beginning_of_history},
        {"\033[6~", rl_end_of_history},
    };
    static const char *const maps[] = {"emacs", "vi-insert", "vi-move"};

    for (size_t map = 0; map < COUNT_OF(maps); map++)
        for (size_t i = 0; i < COUNT_OF(keys); i++)
            rl_bind_keyseq_if_unbound_in_map(keys[i].bytes, keys[i].function, rl_get_keymap_by_name(maps[map]));
}

static void set_up(struct prompt *prompt)
{
    rl_readline_name = "ytempire";
    rl_catch_signals = 0;
    rl_catch_sigwinch = 0;
    rl_change_environment = 0;
    rl_prep_term_function = NULL;
    rl_deprep_term_function = NULL;
    rl_outstream = prompt->nowhere;
    rl_getc_function = next_byte;
    rl_input_available_hook = has_byte;
    rl_redisplay_function = draw_nothing;
    rl_attempted_completion_function = complete_nothing;
    rl_initialize();                             /* reads the inputrc */
    rl_variable_bind("bell-style", "none");
    rl_variable_bind("enable-bracketed-paste", "off");      /* input.c does that */
    if (!text_equal(nl_langinfo(CODESET), "UTF-8")) {
        rl_variable_bind("input-meta", "on");
        rl_variable_bind("convert-meta", "off");
        rl_variable_bind("output-meta", "on");
    }
    bind_keys();
    using_history();
}

int prompt_open(const struct prompt_ops *ops, void *who, const char *history, struct prompt **ret_prompt,
                struct error *error)
{
    struct prompt *prompt = mem_alloc(sizeof *prompt);

    *prompt = (struct prompt){.ops = ops, .who = who, .goal = -1, .nowhere = fopen("/dev/null", "we")};
    if (prompt->nowhere == NULL) {
        mem_free(prompt);
        return error_set(error, ERR_IO, "'/dev/null' cannot be opened");
    }
    the_prompt = prompt;
    set_up(prompt);
    if (history != NULL)
        (void)!history_file_open(history, &prompt->past, error);
    install();
    *ret_prompt = prompt;
    return 0;
}

void prompt_close(struct prompt *prompt)
{
    if (prompt == NULL)
        return;
    rl_callback_sigcleanup();
    rl_free_line_state();
    rl_callback_handler_remove();
    rl_clear_history();
    rl_outstream = stdout;
    fclose(prompt->nowhere);
    history_file_close(prompt->past);
    popup_done(prompt);
    ghost_forget(prompt);
    layout_done(&prompt->layout);
    error_done(&prompt->error);
    str_done(&prompt->bytes);
    mem_free(prompt->accepted);
    mem_free(prompt);
    the_prompt = NULL;
}

/* -- a line that was accepted -------------------------------------------------------------------------------------- */

static void give_commands(struct prompt *prompt, const char *text)
{
    _cleanup_(splitter_freep) struct splitter *splitter = NULL;
    char  *command;
    size_t line;

    if (splitter_wants_more(text, strlen(text))) {      /* the one who runs it says what is wrong */
        prompt->ops->on_line(prompt->who, text);
        return;
    }
    splitter = splitter_new(text, strlen(text));
    while (splitter_next(splitter, &command, &line, NULL) == 1) {
        prompt->ops->on_line(prompt->who, command);
        mem_free(command);
    }
}

static void cut_spaces(char *text)
{
    size_t length = strlen(text);

    while (length > 0 && strchr(" \t\n", text[length - 1]) != NULL)
        text[--length] = '\0';
}

static void give_line(struct prompt *prompt)
{
    _cleanup_(mem_freep) char *text = TAKE(prompt->accepted);

    if (prompt->ended) {
        prompt->ended = false;
        prompt->ops->on_end(prompt->who);
    }
    if (text == NULL)
        return;
    cut_spaces(text);
    history_file_add(prompt->past, text);
    ghost_forget(prompt);
    popup_close(prompt);
    prompt->layout.top = 0;
    error_done(&prompt->error);
    give_commands(prompt, text);
}

static void feed(struct prompt *prompt, const char *bytes, size_t length)
{
    str_clear(&prompt->bytes);
    str_add_bytes(&prompt->bytes, bytes, length);
    prompt->taken = 0;
    while (has_byte()) {
        rl_callback_read_char();
        keep_utf8();
        give_line(prompt);
    }
}

/* -- keys ---------------------------------------------------------------------------------------------------------- */

bool prompt_inserts(void)
{
    return rl_editing_mode == 1 || rl_get_keymap() == vi_insertion_keymap;
}

/* readline is in the middle of something that the key belongs to. */
static bool is_busy(const struct prompt *prompt)
{
    return prompt->literal || rl_readline_state & (RL_STATE_ISEARCH | RL_STATE_NSEARCH | RL_STATE_NUMERICARG |
                                                   RL_STATE_MULTIKEY | RL_STATE_METANEXT | RL_STATE_VIMOTION |
                                                   RL_STATE_CHARSEARCH);
}

/* A sequence that nothing is bound to would be inserted in part. */
static bool is_for_nothing(const struct input_event *event, rl_command_func_t *function)
{
    return event->key[0] == '\0' || (function == NULL && event->length > 2 && event->bytes[0] == '\x1b' &&
                                     strchr("[O", event->bytes[1]) != NULL);
}

static void take_key(struct prompt *prompt, const struct input_event *event);

/* In vi mode ESC and a key that come together are two keys, unless the person bound them. */
static bool is_two_keys(const struct input_event *event, rl_command_func_t *function)
{
    return rl_editing_mode == 0 && function == NULL && event->length > 1 && event->bytes[0] == '\x1b' &&
           !text_equal(event->key, "M-Enter") && (text_starts(event->key, "M-") || text_starts(event->key, "C-M-")) &&
           (event->length == 2 || strchr("[O", event->bytes[1]) == NULL);
}

static void take_two_keys(struct prompt *prompt, const struct input_event *event)
{
    struct input_event escape = {.kind = INPUT_KEY, .key = "Esc", .bytes = event->bytes, .length = 1};
    struct input_event key = {.kind = INPUT_KEY, .bytes = event->bytes + 1, .length = event->length - 1};
    bool               control = event->key[0] == 'C';

    snprintf(key.key, sizeof key.key, "%s%s", control ? "C-" : "", event->key + (control ? 4 : 2));
    take_key(prompt, &escape);
    take_key(prompt, &key);
}

static void take_key(struct prompt *prompt, const struct input_event *event)
{
    int                type = ISFUNC;             /* untouched when nothing is bound */
    rl_command_func_t *function = rl_function_of_keyseq_len(event->bytes, event->length, rl_get_keymap(), &type);

    if (type != ISFUNC)
        function = NULL;
    if (is_busy(prompt)) {
        prompt->literal = false;
        prompt->goal = -1;
        if (event->key[0] != '\0')
            feed(prompt, event->bytes, event->length);
        return;
    }
    if (type == ISFUNC && is_two_keys(event, function)) {
        take_two_keys(prompt, event);
        return;
    }
    if (popup_key(prompt, event, function) || prompt_own_key(prompt, event, function))
        return;
    if (type == ISFUNC && is_for_nothing(event, function))
        return;
    feed(prompt, event->bytes, event->length);
}

/* Without control characters; a tab is one, and is a space. */
static char *clean_text(const char *text, size_t length)
{
    char  *clean = mem_alloc(length + 1);
    size_t to = 0;

    for (size_t at = 0; at < length; at++) {
        unsigned char c = (unsigned char)text[at];

        if ((c >= ' ' && c != 0x7f) || c == '\n')
            clean[to++] = (char)c;
        else if (c == '\t')
            clean[to++] = ' ';
    }
    return clean;
}

/* In a search it is what is searched for, else it goes into the line, whatever readline waited for. */
static void take_paste(struct prompt *prompt, const char *text, size_t length)
{
    _cleanup_(mem_freep) char *clean = clean_text(text, length);

    if (rl_readline_state & (RL_STATE_ISEARCH | RL_STATE_NSEARCH)) {
        feed(prompt, clean, strcspn(clean, "\n"));
        return;
    }
    if (is_busy(prompt))
        rl_callback_sigcleanup();
    prompt->literal = false;
    if (!prompt_inserts())
        rl_vi_insertion_mode(1, 'i');
    prompt_replace((size_t)rl_point, (size_t)rl_point, clean);
}

void prompt_key(struct prompt *prompt, const struct input_event *event)
{
    _cleanup_(mem_freep) char *before = mem_strdup(prompt_text(prompt));
    int point = rl_point;

    if (prompt->past != NULL && rl_end == 0 && where_history() == history_length && history_file_follow(prompt->past))
        ghost_forget(prompt);
    if (event->kind == INPUT_PASTE)
        take_paste(prompt, event->bytes, event->length);
    else if (event->kind == INPUT_KEY)
        take_key(prompt, event);
    bool changed = !text_equal(before, prompt_text(prompt));
    if (changed || point != rl_point)
        popup_follow(prompt, changed);
}

/* Frees the undo list before the next line begins: else the change lands in the entry that was recalled. */
void prompt_interrupt(struct prompt *prompt)
{
    popup_close(prompt);
    prompt->literal = false;
    prompt->layout.top = 0;
    rl_callback_sigcleanup();
    if (rl_editing_mode == 0 && prompt_inserts())
        rl_vi_movement_mode(1, 0);               /* ends vi's group of undo */
    rl_free_line_state();
    rl_callback_handler_remove();
    using_history();
    install();
}

/* -- the text ------------------------------------------------------------------------------------------------------ */

void prompt_replace(size_t from, size_t to, const char *text)
{
    rl_begin_undo_group();
    if (to > from)
        rl_delete_text((int)from, (int)to);
    rl_point = (int)from;
    rl_insert_text(text);
    rl_end_undo_group();
}

void prompt_set(struct prompt *prompt, const char *text)
{
    popup_close(prompt);
    if (is_busy(prompt))
        rl_callback_sigcleanup();
    prompt->literal = false;
    if (!prompt_inserts())
        rl_vi_insertion_mode(1, 'i');
    prompt_replace(0, (size_t)rl_end, text);
}

const char *prompt_text(const struct prompt *prompt)
{
    (void)prompt;
    return rl_line_buffer != NULL ? rl_line_buffer : "";
}

bool prompt_is_empty(const struct prompt *prompt)
{
    return prompt_text(prompt)[0] == '\0' && !is_busy(prompt);
}

const struct assist_context *prompt_context(struct prompt *prompt)
{
    static const struct assist_context none;
    const struct assist_context *context = prompt->ops->context != NULL ? prompt->ops->context(prompt->who) : NULL;

    return context != NULL ? context : &none;
}

void prompt_error(struct prompt *prompt, const struct error *error)
{
    error_done(&prompt->error);
    if (error == NULL || error->text == NULL || error->subject == NULL || error->length == 0)
        return;
    error_set(&prompt->error, error->code, "%s", error->text);
    error_point(&prompt->error, error->subject, error->at, error->length);
    prompt->layout.columns = 0;                  /* made anew */
}

void prompt_resize(struct prompt *prompt, int rows, int columns)
{
    (void)prompt;
    rl_set_screen_size(rows, columns);
}
