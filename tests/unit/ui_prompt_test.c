/* ui: the prompt in emacs mode, in the locale C: what is typed is UTF-8 all the same. */
#include "ui_prompt_help.h"

#include <readline/readline.h>

static void typing_editing_and_accepting(void **state)
{
    (void)state;
    assert_drawn(2, 40, "\n ytempire>\n");
    assert_cursor(1, 11);
    type("total by day");
    type("\x1b" "b\x1b" "b\x02_views");          /* M-b M-b C-b */
    assert_drawn(2, 40, "\n ytempire> total_views by day\n");
    assert_cursor(1, 22);
    type("\x01x\x0b\x19\x1b[D\x1b[3~");           /* C-a x C-k C-y Left Delete */
    assert_text("xtotal_views by da");
    type("\r");
    assert_lines("xtotal_views by da|");
    assert_text("");
    type("\x04");
    assert_lines("END|");
    type("   \r");
    assert_lines("");
}

static void an_inputrc_of_the_person_holds(void **state)
{
    (void)state;
    type("one two\x1b[1;5D\x0f");                 /* C-o is bound to a macro, C-Left is ours */
    assert_text("one MACROtwo");
    type("\x1b[25~");                             /* nothing has F13 */
    type("\x1b[99~\x1b[V");
    assert_text("one MACROtwo");
}

static void characters_are_whole_and_lines_wrap(void **state)
{
    (void)state;
    type("größe 売上e\xcc\x81!");
    assert_drawn(2, 40, "\n ytempire> größe 売上e\xcc\x81!\n");
    assert_cursor(1, 23);
    type("\x02\x02\x7f");                         /* C-b C-b: over é, then 上 goes */
    assert_text("größe 売e\xcc\x81!");
    type("\x05 0123456789012345 売売売売売売");
    assert_drawn(3, 30, "\n ytempire> größe 売e\xcc\x81! 01234567\n89012345 売売売売売売\n");
}

static void the_last_column_and_wide_characters_at_the_edge(void **state)
{
    (void)state;
    type("123456789");
    assert_drawn(3, 20, "\n ytempire> 123456789\n\n");
    assert_cursor(2, 0);
    type("\x02売\x06");                           /* C-b, C-f: it does not fit beside the 8 */
    assert_drawn(3, 20, "\n ytempire> 12345678\n売9\n");
    assert_cursor(2, 3);
}

static void enter_goes_on_while_something_is_open(void **state)
{
    (void)state;
    type("total_views where (a\r");
    assert_lines("");
    type("or b)");
    assert_drawn(3, 40, "\n ytempire> total_views where (a\n           or b)\n");
    type("\r");
    assert_lines("total_views where (a\nor b)|");
    type("one\x1b\rtwo\x1b[13;2u three\r");        /* Alt-Enter, Shift-Enter */
    assert_lines("one|two\n three|");              /* two commands: a line that begins with a space goes on */
}

static void up_and_down_move_in_a_text_first(void **state)
{
    (void)state;
    type("first\r");
    type("(long line\ras\rlong)");
    type("\x1b[A");
    draw(4, 40);
    assert_cursor(2, 13);                         /* the short line has no such column */
    type("\x1b[A");
    draw(4, 40);
    assert_cursor(1, 16);                         /* … but it is wanted still */
    type("\x1b[A");
    assert_text("first");
    type("\x1b[B");
    assert_text("(long line\nas\nlong)");
}

static void a_paste_is_one_step_of_undo(void **state)
{
    struct str text = STR_INIT, shown = STR_INIT;

    (void)state;
    type("x");
    paste("a\tb\r\nc\x1b[A\x03");
    assert_text("xa b\nc[A");
    type("\x1f");                                 /* C-_ */
    assert_text("x");
    str_add_repeat(&text, "total_views by day\n", 10000);
    paste(text.data);
    assert_int_equal(strlen(prompt_text(prompt)), 1 + text.length);
    most = 3;
    assert_drawn(4, 40, "\n           total_views by day\n           total_views by day\n\n");
    assert_cursor(3, 11);
    type("\x1b[A\x1b[A\x1b[A!");
    assert_drawn(4, 40, "\n           !total_views by day\n           total_views by day\n           total_views by day\n");
    type("\x1f\x1f");
    assert_text("x");
    str_done(&text);
    str_done(&shown);
}

static void a_long_text_scrolls(void **state)
{
    (void)state;
    most = 2;
    paste("(1\n2\n3\n4)");
    assert_drawn(3, 30, "\n           3\n           4)\n");
    type("\x1b[A\x1b[A\x1b[A");
    assert_drawn(3, 30, "\n ytempire> (1\n           2\n");
    type("\x1b[B");
    assert_drawn(3, 30, "\n ytempire> (1\n           2\n");
    most = 6;
    assert_drawn(5, 30, "\n ytempire> (1\n           2\n           3\n           4)\n");
}

static void a_search_shows_what_it_asks(void **state)
{
    (void)state;
    type("total_views by day\rrevenue by week\r");
    assert_lines("total_views by day|revenue by week|");
    type("\x12" "vi");                            /* C-r */
    assert_false(prompt_is_empty(prompt));
    assert_drawn(2, 60, "\n(reverse-i-search)`vi': total_views by day\n");
    type("\x1b[A");                               /* ends the search, and is Up: there is nothing before */
    assert_text("total_views by day");
    type("\x03");
    assert_text("");
    type("\x12" "rev\r");
    assert_lines("revenue by week|");
    type("\x12" "x");
    paste("yz\nmore");
    assert_drawn(2, 60, "\n(failed reverse-i-search)`xyz':\n");
    type("\x07");                                 /* C-g */
    assert_true(prompt_is_empty(prompt));
    type("\x1b" "5");
    assert_drawn(2, 60, "\n(arg: 5)\n");
    type("x");
    assert_text("xxxxx");
}

static void an_interrupt_never_changes_the_history(void **state)
{
    (void)state;
    type("revenue by day\r");
    type("\x1b[A changed");
    assert_text("revenue by day changed");
    type("\x03");
    assert_text("");
    type("\x1b[A");
    assert_text("revenue by day");
    type("\x12" "day\x03");                       /* in a search */
    assert_text("");
    type("new\x1b[A\x03");
    type("other\x1b[A\x1b[B");                    /* what was being typed comes back, not what was dropped */
    assert_text("other");
    type("\x03(open\r");
    type("\x03" "x\r");
    assert_lines("revenue by day|x|");
    assert_false(prompt_has_popup(prompt));
}

static void a_text_that_is_not_whole_is_given_away_once(void **state)
{
    (void)state;
    assert_int_equal(rl_parse_and_bind((char[]){"\"\\C-xo\": operate-and-get-next"}), 0);
    type("one; two 'open\x18o");
    assert_lines("one; two 'open|");
}

static void an_accepted_edit_leaves_the_entry_it_came_from(void **state)
{
    (void)state;
    type("revenue by day\r\x1b[A\x7f\x7f\x7fweek\r");
    assert_lines("revenue by day|revenue by week|");
    type("\x1b[A");
    assert_text("revenue by week");
    type("\x1b[A");
    assert_text("revenue by day");
}

static void ghost_text_comes_from_the_history(void **state)
{
    (void)state;
    type("revenue by day last 7 days\rrevenue by week\r");
    type("rev");
    assert_drawn(2, 40, "\n ytempire> revenue by week\n");
    assert_looks(1, "ppppppppppp...gggggggggggg");
    assert_cursor(1, 14);
    type("\x06");                                 /* C-f: a word */
    assert_text("revenue");
    type("\x1b" "f");                             /* M-f */
    assert_text("revenue by");
    type(" d");
    assert_drawn(2, 40, "\n ytempire> revenue by day last 7 days\n");
    type("\x1b[C");                               /* Right */
    assert_text("revenue by day last 7 days");
    type("\x1f");
    assert_text("revenue by d");
    type("\x1b[F");                               /* End */
    assert_text("revenue by day last 7 days");
    type("\x03re\x02");                           /* not at the end: no ghost */
    assert_drawn(2, 40, "\n ytempire> re\n");
    type("\x1b[C\x1b[C");                         /* to the end, then it is taken */
    assert_text("revenue by week");
    type("\x03zzz");
    assert_drawn(2, 40, "\n ytempire> zzz\n");
    type("\x03(a\rb)\r\x28");
    assert_drawn(2, 40, "\n ytempire> (a…\n");
}

static void unknown_words_are_marked_before_enter(void **state)
{
    (void)state;
    type("total_views by dya");
    draw(2, 40);
    assert_looks(1, "pppppppppppmmmmmmmmmmm.kk");
    type(" ");
    draw(2, 40);
    assert_looks(1, "pppppppppppmmmmmmmmmmm.kk.uuu");
    type("(\rday");
    draw(3, 40);
    assert_looks(2, "...........ddd");
}

static void an_error_stands_under_its_word(void **state)
{
    struct error error = ERROR_INIT;

    (void)state;
    type("total_vews by day\r");
    error_set(&error, ERR_UNKNOWN, "unknown measure 'total_vews'");
    error_point(&error, "total_vews by day", 0, 10);
    prompt_error(prompt, &error);
    error_done(&error);
    assert_drawn(2, 60, "\n ytempire>\n");
    type("\x1b[A");
    assert_drawn(3, 60, "\n ytempire> total_vews by day\n           ^^^^^^^^^^ unknown measure 'total_vews'\n");
    assert_looks(1, "pppppppppppuuuuuuuuuu.kk.ddd");
    assert_drawn(3, 41, "\n ytempire> total_vews by day\n           ^ unknown measure 'total_vews'\n");
    assert_drawn(3, 36, "\n ytempire> total_vews by day\n           ^ unknown measure 'total…\n");
    type("!");
    assert_drawn(2, 60, "\n ytempire> total_vews by day!\n");
}

static void the_popup_opens_walks_filters_and_takes(void **state)
{
    (void)state;
    type("to\t");
    assert_text("total_");                        /* what is common to all */
    assert_true(prompt_has_popup(prompt));
    assert_drawn(4, 60, "\n          ▸total_views  measure  views of all videos\n"
                        "           total_likes  measure  likes of all videos\n ytempire> total_\n");
    assert_looks(1, "..........sssssssssssssssssssssssssssssssssssssssssss");
    assert_looks(2, "..........ooooooooooooootttttttoottttttttttttttttttto");
    type("\t");
    assert_drawn(4, 60, "\n           total_views  measure  views of all videos\n"
                        "          ▸total_likes  measure  likes of all videos\n ytempire> total_\n");
    type("\x1b[A\x1b[A\x1b[Z\x1b[B");             /* around and around */
    type("\r");
    assert_text("total_likes ");
    assert_false(prompt_has_popup(prompt));
    type("\x1f");
    assert_text("total_");                        /* taking is one step */
    type("\t");
    assert_true(prompt_has_popup(prompt));
    type("v");
    assert_drawn(4, 60, "\n\n          ▸total_views  measure  views of all videos\n ytempire> total_v\n");
    type("q");
    assert_false(prompt_has_popup(prompt));
    type("\x7f\x7f\t");
    type("\x1b");                                 /* Esc */
    assert_false(prompt_has_popup(prompt));
    assert_text("total_");
    type("v\t");
    assert_text("total_views ");                  /* only one */
    type("by d\t");
    assert_text("total_views by day");
    type("\t\r");
    assert_text("total_views by day_of_week ");
    assert_lines("");
    type("\r");
    assert_lines("total_views by day_of_week|");
    type("\x1b[A");
    assert_text("total_views by day_of_week");    /* the history has no space at the end */
}

static void the_popup_has_eight_rows_and_says_how_many_there_are(void **state)
{
    (void)state;
    type("row \t");
    assert_text("row row");
    assert_drawn(12, 40, "\n\n\n              ▸row00  value\n               row01  value\n               row02  value\n"
                         "               row03  value\n               row04  value\n               row05  value\n"
                         "               row06  value\n               row07  value  1 of 20\n ytempire> row row\n");
    type("\x1b[6~\x1b[B");
    draw(4, 40);
    assert_screen(canvas, "               row07  value\n               row08  value\n              ▸row09  value 10 of 20\n"
                          " ytempire> row row\n");
    type("\x1b[Z\r");
    assert_text("row row08 ");
}

static void the_popup_without_candidates_says_what_is_expected(void **state)
{
    (void)state;
    type("zzz\t");
    assert_drawn(2, 40, "            a measure\n ytempire> zzz\n");
    type("\t\r");
    assert_lines("zzz|");
    assert_false(prompt_has_popup(prompt));
}

static void a_guess_is_offered_and_not_taken_by_itself(void **state)
{
    (void)state;
    type("rewenue\t");
    assert_text("rewenue");
    assert_drawn(2, 40, "          ▸revenue  measure\n ytempire> rewenue\n");
    type("\r");
    assert_text("revenue ");
}

static void in_the_middle_of_a_word_what_follows_stays_until_one_is_taken(void **state)
{
    (void)state;
    type("total_q by\x1b" "b\x02\x02\x02\x02\x02\x02\t");      /* behind "to"*/
    assert_text("total_tal_q by");
    type("\r");
    assert_text("total_views by");
}

static void the_popup_by_itself_chooses_nothing(void **state)
{
    (void)state;
    prompt_popup_always(prompt, true);
    type("to");
    assert_true(prompt_has_popup(prompt));
    assert_drawn(3, 60, "           total_views  measure  views of all videos\n"
                        "           total_likes  measure  likes of all videos\n ytempire> to\n");
    type("\r");
    assert_lines("to|");
    type("to\t\r");
    assert_text("total_views ");
    type("da");
    type("\x1b");
    assert_false(prompt_has_popup(prompt));
}

static void candidates_that_are_not_ascii(void **state)
{
    (void)state;
    type("gr\t");
    assert_text("größe");
    assert_drawn(3, 60, "          ▸größe   dimension  how large\n           größer  dimension  売上\n ytempire> größe\n");
    canvas->ascii = true;
    draw(3, 60);
    canvas->ascii = false;
    assert_screen(canvas, "          >gr??e   dimension  how large\n           gr??er  dimension  ????\n ytempire> gr??e\n");
}

static void a_text_is_set_and_that_is_undone(void **state)
{
    (void)state;
    type("mine");
    prompt_set(prompt, "grid search ");
    assert_text("grid search ");
    type("\x1f");
    assert_text("mine");
    prompt_resize(prompt, 10, 40);
}

static void keys_of_readline_that_take_one_key(void **state)
{
    (void)state;
    type("\x16\t");                               /* C-v Tab: a tab, and no popup */
    assert_text("\t");
    assert_false(prompt_has_popup(prompt));
    assert_drawn(2, 40, "\n ytempire> \\t\n");
    assert_cursor(1, 13);
    type("\x03" "abc\x18\x7f");                   /* C-x BSpace: to the beginning */
    assert_text("");
}

/* Another session is another process, since readline has one list. */
static void in_another_session(const char *bytes)
{
    int   status;
    pid_t child = fork();

    if (child == 0) {
        prompt_close(prompt);
        input_free(input);
        open_session();
        type(bytes);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void sessions_share_their_history(void **state)
{
    (void)state;
    type("mine\r");
    in_another_session("theirs by day\r(many\rlines)\r größe\r");
    type("\x1b[A");
    assert_text("(many\nlines)");
    type("\x03\x12theirs");
    assert_text("theirs by day");
    type("\x03\x1b[A\x1b[A\x1b[A");              /* in the first line of the two at once */
    assert_text("theirs by day");
    type("\x1b[A");
    assert_text("mine");
    type("\x03theirs");
    assert_drawn(2, 40, "\n ytempire> theirs by day\n");
    type("\x03new");
    in_another_session("later\r");                /* while a line is typed: it comes before it */
    type("\r\x1b[A\x1b[A");
    assert_text("later");
    close_session();
    open_session();
    type("\x1b[A\x1b[A\x1b[A\x1b[A");
    assert_text("(many\nlines)");
}

static void a_search_sees_what_was_not_read_at_first(void **state)
{
    struct str   text = STR_INIT;
    struct error error = ERROR_INIT;

    (void)state;
    str_add(&text, "#1600000000\noldest of all\n");
    for (int i = 0; i < 20000; i++)
        str_addf(&text, "#1600000000\nline %d\n", i);
    assert_int_equal(file_write(history_path, text.data, text.length, 0600, &error), 0);
    close_session();
    open_session();
    type("half\x12oldest");
    assert_text("oldest of all");
    type("\x07");
    assert_text("half");
    type("\x1f");
    assert_text("");
    str_done(&text);
}

static void without_a_file_there_is_a_history_all_the_same(void **state)
{
    static const struct prompt_ops ops = {.on_line = on_line, .on_end = on_end};
    struct error error = ERROR_INIT;

    (void)state;
    prompt_close(prompt);
    assert_int_equal(prompt_open(&ops, NULL, "/dev/null/history", &prompt, &error), 0);
    assert_int_equal(error.code, ERR_IO);
    error_done(&error);
    type("one\r\x1b[A");
    assert_text("one");
    prompt_close(prompt);
    assert_int_equal(prompt_open(&ops, NULL, NULL, &prompt, &error), 0);
    type("\x1b[A");
    assert_text("");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        prompt_test(typing_editing_and_accepting),
        prompt_test(an_inputrc_of_the_person_holds),
        prompt_test(characters_are_whole_and_lines_wrap),
        prompt_test(the_last_column_and_wide_characters_at_the_edge),
        prompt_test(enter_goes_on_while_something_is_open),
        prompt_test(up_and_down_move_in_a_text_first),
        prompt_test(a_paste_is_one_step_of_undo),
        prompt_test(a_long_text_scrolls),
        prompt_test(a_search_shows_what_it_asks),
        prompt_test(an_interrupt_never_changes_the_history),
        prompt_test(a_text_that_is_not_whole_is_given_away_once),
        prompt_test(an_accepted_edit_leaves_the_entry_it_came_from),
        prompt_test(ghost_text_comes_from_the_history),
        prompt_test(unknown_words_are_marked_before_enter),
        prompt_test(an_error_stands_under_its_word),
        prompt_test(the_popup_opens_walks_filters_and_takes),
        prompt_test(the_popup_has_eight_rows_and_says_how_many_there_are),
        prompt_test(the_popup_without_candidates_says_what_is_expected),
        prompt_test(a_guess_is_offered_and_not_taken_by_itself),
        prompt_test(in_the_middle_of_a_word_what_follows_stays_until_one_is_taken),
        prompt_test(the_popup_by_itself_chooses_nothing),
        prompt_test(candidates_that_are_not_ascii),
        prompt_test(a_text_is_set_and_that_is_undone),
        prompt_test(keys_of_readline_that_take_one_key),
        prompt_test(sessions_share_their_history),
        prompt_test(a_search_sees_what_was_not_read_at_first),
        prompt_test(without_a_file_there_is_a_history_all_the_same),
    };
    int failed;

    set_up_program("C", "\"\\C-o\": \"MACRO\"\nset convert-meta on\n");
    failed = cmocka_run_group_tests_name("ui_prompt", tests, NULL, NULL);
    tear_down_program();
    return failed;
}
