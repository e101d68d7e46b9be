/* ui: bytes to keys. Each sequence is fed whole and byte by byte, and gives the same. */
#include "ui_help.h"

#include "src/ui/input.h"

static struct str seen;

/* "C-a", "paste(text)", "left(2,5)", "focus", each with a space behind; bytes in <> when they are not those fed. */
static void note(const struct input_event *event, void *who)
{
    static const char *const buttons[] = {"left", "middle", "right", "release", "up", "down", "drag"};

    (void)who;
    if (event->kind == INPUT_KEY)
        str_addf(&seen, "%s ", event->key[0] != '\0' ? event->key : "?");
    else if (event->kind == INPUT_PASTE)
        str_addf(&seen, "paste(%.*s) ", (int)event->length, event->bytes);
    else if (event->kind == INPUT_MOUSE)
        str_addf(&seen, "%s(%d,%d) ", buttons[event->button], event->y, event->x);
    else
        str_addf(&seen, "%s ", event->focused ? "focus" : "blur");
}

static void note_bytes(const struct input_event *event, void *who)
{
    (void)who;
    str_addf(&seen, "%s=", event->key);
    for (size_t i = 0; i < event->length; i++)
        str_addf(&seen, "%02x", (unsigned char)event->bytes[i]);
    str_add_char(&seen, ' ');
}

static void assert_seen(const char *expected, const char *bytes, const char *how)
{
    if (seen.length > 0 && seen.data[seen.length - 1] == ' ')
        seen.data[--seen.length] = '\0';
    if (strcmp(str_text(&seen), expected) != 0)
        fail_msg("'%s' (%s) gives '%s', not '%s'", bytes, how, str_text(&seen), expected);
    str_clear(&seen);
}

static void feed_bytes(const char *bytes, size_t length, size_t step, const char *expected)
{
    struct input *input = input_new(note, NULL);

    for (size_t at = 0; at < length; at += step)
        input_feed(input, bytes + at, length - at < step ? length - at : step);
    input_settle(input);
    assert_false(input_waits(input));
    assert_seen(expected, bytes + (bytes[0] == '\x1b'), step == 1 ? "byte by byte" : "whole");
    input_free(input);
}

static void gives(const char *bytes, const char *expected)
{
    feed_bytes(bytes, strlen(bytes), strlen(bytes), expected);
    feed_bytes(bytes, strlen(bytes), 1, expected);
}

struct sequence { const char *bytes, *name; };

static void all_give(const struct sequence *sequences, size_t count)
{
    for (size_t i = 0; i < count; i++)
        gives(sequences[i].bytes, sequences[i].name);
}

static void characters_and_control_characters(void **state)
{
    static const struct sequence keys[] = {
        {"a", "a"}, {"A", "A"}, {"~", "~"}, {" ", "Space"}, {"\t", "Tab"}, {"\r", "Enter"}, {"\n", "C-j"},
        {"\x7f", "BSpace"}, {"\b", "C-h"}, {"\x01", "C-a"}, {"\x03", "C-c"}, {"\x1a", "C-z"}, {"\x1c", "C-\\"},
        {"\x1d", "C-]"}, {"\x1e", "C-^"}, {"\x1f", "C-_"}, {"\x1b" "a", "M-a"}, {"\x1b" "A", "M-A"}, {"\x1b\r", "M-Enter"},
        {"\x1b\t", "M-Tab"}, {"\x1b\x7f", "M-BSpace"}, {"\x1b ", "M-Space"}, {"\x1b\x01", "C-M-a"}, {"\x1b\x1f", "C-M-_"},
        {"é", "é"}, {"売", "売"}, {"🙂", "🙂"}, {"\x1b" "é", "M-é"}, {"e\xcc\x81", "e \xcc\x81"}, {"ab売c", "a b 売 c"},
        {"\x1b<", "M-<"}, {"\x1b>", "M->"}, {"\x1b.", "M-."}, {"\x1b" "5", "M-5"}, {"\x1b\\", "M-\\"},
    };

    (void)state;
    all_give(keys, COUNT_OF(keys));
    feed_bytes("\0", 1, 1, "C-Space");
    feed_bytes("\x1b\0", 2, 2, "C-M-Space");
}

static void keys_of_xterm(void **state)
{
    static const struct sequence keys[] = {
        {"\x1b[A", "Up"}, {"\x1b[B", "Down"}, {"\x1b[C", "Right"}, {"\x1b[D", "Left"}, {"\x1b[H", "Home"},
        {"\x1b[F", "End"}, {"\x1b[E", "Center"}, {"\x1b[Z", "S-Tab"}, {"\x1bOA", "Up"}, {"\x1bOB", "Down"},
        {"\x1bOC", "Right"}, {"\x1bOD", "Left"}, {"\x1bOH", "Home"}, {"\x1bOF", "End"}, {"\x1bOP", "F1"},
        {"\x1bOQ", "F2"}, {"\x1bOR", "F3"}, {"\x1bOS", "F4"}, {"\x1b[15~", "F5"}, {"\x1b[17~", "F6"},
        {"\x1b[18~", "F7"}, {"\x1b[19~", "F8"}, {"\x1b[20~", "F9"}, {"\x1b[21~", "F10"}, {"\x1b[23~", "F11"},
        {"\x1b[24~", "F12"}, {"\x1b[2~", "Insert"}, {"\x1b[3~", "Delete"}, {"\x1b[5~", "PgUp"}, {"\x1b[6~", "PgDn"},
        {"\x1b[1;2A", "S-Up"}, {"\x1b[1;3A", "M-Up"}, {"\x1b[1;4A", "M-S-Up"}, {"\x1b[1;5A", "C-Up"},
        {"\x1b[1;6D", "C-S-Left"}, {"\x1b[1;7C", "C-M-Right"}, {"\x1b[1;8B", "C-M-S-Down"}, {"\x1b[1;9D", "M-Left"},
        {"\x1b[1;5H", "C-Home"}, {"\x1b[1;2F", "S-End"}, {"\x1b[1;2P", "S-F1"}, {"\x1b[1;5R", "C-F3"},
        {"\x1b[15;2~", "S-F5"}, {"\x1b[24;5~", "C-F12"}, {"\x1b[3;5~", "C-Delete"}, {"\x1b[5;3~", "M-PgUp"},
    };

    (void)state;
    all_give(keys, COUNT_OF(keys));
}

static void keys_of_vt220_linux_screen_and_tmux(void **state)
{
    static const struct sequence keys[] = {
        {"\x1b[1~", "Home"}, {"\x1b[4~", "End"}, {"\x1b[11~", "F1"}, {"\x1b[12~", "F2"}, {"\x1b[13~", "F3"},
        {"\x1b[14~", "F4"}, {"\x1b[25~", "F13"}, {"\x1b[26~", "F14"}, {"\x1b[28~", "F15"}, {"\x1b[29~", "F16"},
        {"\x1b[31~", "F17"}, {"\x1b[34~", "F20"}, {"\x1b[[A", "F1"}, {"\x1b[[B", "F2"}, {"\x1b[[C", "F3"},
        {"\x1b[[D", "F4"}, {"\x1b[[E", "F5"}, {"\x1b[[F", "?"}, {"\x1b\x1b[A", "M-Up"}, {"\x1b\x1bOC", "M-Right"},
        {"\x1b\x1b[1;5C", "C-M-Right"}, {"\x1b\x1b[5~", "M-PgUp"}, {"\x1b\x1b[[A", "M-F1"},
    };

    (void)state;
    all_give(keys, COUNT_OF(keys));
}

static void keys_of_rxvt_and_the_keypad(void **state)
{
    static const struct sequence keys[] = {
        {"\x1b[7~", "Home"}, {"\x1b[8~", "End"}, {"\x1b[a", "S-Up"}, {"\x1b[b", "S-Down"}, {"\x1b[c", "S-Right"},
        {"\x1b[d", "S-Left"}, {"\x1bOa", "C-Up"}, {"\x1bOb", "C-Down"}, {"\x1bOc", "C-Right"}, {"\x1bOd", "C-Left"},
        {"\x1b[7$", "S-Home"}, {"\x1b[7^", "C-Home"}, {"\x1b[7@", "C-S-Home"}, {"\x1b[3$", "S-Delete"},
        {"\x1b[3^", "C-Delete"}, {"\x1b[23$", "S-F11"}, {"\x1b[11^", "C-F1"}, {"\x1bO5A", "C-Up"}, {"\x1bO2P", "S-F1"},
        {"\x1bOp", "0"}, {"\x1bOy", "9"}, {"\x1bOj", "*"}, {"\x1bOk", "+"}, {"\x1bOm", "-"}, {"\x1bOn", "."},
        {"\x1bOo", "/"}, {"\x1bOM", "Enter"}, {"\x1bOX", "="}, {"\x1bOI", "Tab"}, {"\x1bO ", "Space"},
    };

    (void)state;
    all_give(keys, COUNT_OF(keys));
}

static void keys_told_by_their_code(void **state)
{
    static const struct sequence keys[] = {
        {"\x1b[97u", "a"}, {"\x1b[97;5u", "C-a"}, {"\x1b[97;3u", "M-a"}, {"\x1b[97;7u", "C-M-a"}, {"\x1b[97;2u", "A"},
        {"\x1b[97;6u", "C-S-a"}, {"\x1b[13u", "Enter"}, {"\x1b[13;2u", "S-Enter"}, {"\x1b[13;3u", "M-Enter"},
        {"\x1b[13;5u", "C-Enter"}, {"\x1b[9;5u", "C-Tab"}, {"\x1b[9;2u", "S-Tab"}, {"\x1b[27u", "Esc"}, {"\x1b[27;3u", "M-Esc"},
        {"\x1b[127;5u", "C-BSpace"}, {"\x1b[32;5u", "C-Space"}, {"\x1b[32;2u", "S-Space"}, {"\x1b[105;5u", "Tab"},
        {"\x1b[49;5u", "C-1"}, {"\x1b[233u", "é"}, {"\x1b[22770;3u", "M-売"}, {"\x1b[97:65;2:1u", "A"},
        {"\x1b[97;5:3u", ""}, {"\x1b[1;5:1A", "C-Up"}, {"\x1b[57441;2u", "?"}, {"\x1b[27;5;97~", "C-a"},
        {"\x1b[27;2;65~", "A"}, {"\x1b[27;5;13~", "C-Enter"}, {"\x1b[27;5;9~", "C-Tab"}, {"\x1b[27;7;120~", "C-M-x"},
        {"\x1b[27;5;47~", "C-_"}, {"\x1b[27;6;95~", "C-_"}, {"\x1b[9999999999u", "?"},
    };

    (void)state;
    all_give(keys, COUNT_OF(keys));
}

static void readline_gets_the_bytes_of_a_plain_terminal(void **state)
{
    static const char bytes[] = "\x1b[97;5u\x1b[98;3u\x1b[97;7u\x1b[13;3u\x1b[32;5u\x1b[97;2u\x1bOM\x1bOp\x1b[A\x1b[233u\x1b[13;2u";
    struct input     *input = input_new(note_bytes, NULL);

    (void)state;
    input_feed(input, bytes, sizeof bytes - 1);
    assert_seen("C-a=01 M-b=1b62 C-M-a=1b01 M-Enter=1b0d C-Space=00 A=41 Enter=0d 0=30 Up=1b5b41 é=c3a9 S-Enter=1b5b31333b3275",
                bytes, "whole");
    input_free(input);
}

static void a_lone_escape_is_a_key_when_nothing_follows(void **state)
{
    struct input *input = input_new(note, NULL);

    (void)state;
    input_feed(input, "\x1b", 1);
    assert_true(input_waits(input));
    assert_seen("", "ESC", "held");
    input_settle(input);
    assert_false(input_waits(input));
    assert_seen("Esc", "ESC", "settled");
    input_feed(input, "\x1b", 1);
    input_feed(input, "[A", 2);
    assert_seen("Up", "ESC [A", "in two");
    input_free(input);
    gives("\x1b", "Esc");
    gives("\x1b\x1b", "Esc Esc");
    gives("\x1b\x1b\x1b", "Esc Esc Esc");
    gives("\x1b[", "M-[");
    gives("\x1bO", "M-O");
    gives("\x1b]", "M-]");
    gives("\x1bP", "M-P");
    gives("\x1b_", "M-_");
    gives("\x1b\x1bx", "Esc M-x");
    gives("\x1b\x1b[", "Esc M-[");
    gives("\x1b\x1bO", "Esc M-O");
    gives("\x1bOz", "M-O z");
    gives("\x1bO5", "M-O 5");
    gives("\x1b]x", "M-] x");
    gives("\x1bPx", "M-P x");
    gives("a\x1b", "a Esc");
}

static void the_middle_of_a_sequence_is_no_key(void **state)
{
    struct input *input = input_new(note, NULL);

    (void)state;
    input_feed(input, "\x1b[1;", 4);
    assert_false(input_waits(input));
    input_settle(input);
    assert_seen("", "ESC [1;", "settled");
    input_feed(input, "5Ax", 3);
    assert_seen("C-Up x", "ESC [1;5Ax", "late");
    input_feed(input, "\xe5\xa3", 2);
    assert_true(input_waits(input));
    input_feed(input, "\xb2", 1);
    assert_seen("売", "a character", "late");
    input_free(input);
}

static void a_paste_is_one_event_however_it_is_cut(void **state)
{
    static const char bytes[] = "a\x1b[200~one\r\ntwo\rthree\n\x1b[A \x03 \x1b[201 売\x1b\x1b[201~b";
    static const char expected[] = "a paste(one\ntwo\nthree\n\x1b[A \x03 \x1b[201 売\x1b) b";

    (void)state;
    for (size_t cut = 0; cut <= sizeof bytes - 1; cut++)
        for (size_t again = cut; again <= sizeof bytes - 1; again++) {
            struct input *input = input_new(note, NULL);

            input_feed(input, bytes, cut);
            if (cut > 3 && cut < sizeof bytes - 2)
                input_settle(input);             /* time passes: it is a paste all the same */
            input_feed(input, bytes + cut, again - cut);
            input_feed(input, bytes + again, sizeof bytes - 1 - again);
            assert_seen(expected, "a paste", "cut in three");
            input_free(input);
        }
    gives(bytes, expected);
    gives("\x1b[200~\x1b[201~", "paste()");
}

static void ten_thousand_lines_are_one_paste(void **state)
{
    struct str    text = STR_INIT;
    struct input *input = input_new(note, NULL);

    (void)state;
    str_add(&text, "\x1b[200~");
    str_add_repeat(&text, "total_views by day\r", 10000);
    str_add(&text, "\x1b[201~");
    for (size_t at = 0; at < text.length; at += 4096)
        input_feed(input, text.data + at, text.length - at < 4096 ? text.length - at : 4096);
    assert_int_equal(seen.length, strlen("paste() ") + 10000 * strlen("total_views by day\n"));
    str_clear(&seen);
    input_free(input);
    str_done(&text);
}

static void reports_of_the_mouse(void **state)
{
    static const struct sequence reports[] = {
        {"\x1b[<0;6;3M", "left(2,5)"}, {"\x1b[<0;6;3m", "release(2,5)"}, {"\x1b[<1;1;1M", "middle(0,0)"},
        {"\x1b[<2;200;50M", "right(49,199)"}, {"\x1b[<64;1;2M", "up(1,0)"}, {"\x1b[<65;1;2M", "down(1,0)"},
        {"\x1b[<32;7;7M", "drag(6,6)"}, {"\x1b[<35;7;7M", ""}, {"\x1b[<66;7;7M", ""}, {"\x1b[<16;6;3M", "left(2,5)"},
        {"\x1b[<0;0;0M", "left(0,0)"}, {"\x1b[<128;2;2M", ""}, {"\x1b[M !!", "left(0,0)"}, {"\x1b[M#\"#", "release(2,1)"},
        {"\x1b[M`!\"", "up(1,0)"},
    };

    (void)state;
    all_give(reports, COUNT_OF(reports));
}

static void answers_of_the_terminal_are_swallowed(void **state)
{
    static const struct sequence answers[] = {
        {"\x1b[?64;1;2;6;22c", ""}, {"\x1b[>41;390;0c", ""}, {"\x1b[=0c", ""}, {"\x1b[0n", ""}, {"\x1b[?1;2$y", ""},
        {"\x1b[4;2$y", ""}, {"\x1b[12;40R", ""}, {"\x1b[8;24;80t", ""}, {"\x1b[?0u", ""},
        {"\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\", ""}, {"\x1b]11;rgb:ffff/ffff/ffff\a", ""}, {"\x1b]52;c;aGVsbG8=\x1b\\x", "x"},
        {"\x1bP>|XTerm(390)\x1b\\", ""}, {"\x1bP1$r0m\x1b\\", ""}, {"\x1bP1+r544e=78\x1b\\", ""}, {"\x1b_Gi=1;OK\x1b\\", ""},
        {"\x1b[I", "focus"}, {"\x1b[O", "blur"}, {"\x1b[Ix\x1b[O", "focus x blur"}, {"\x1b]11;cut\ry", "Enter y"},
        {"\x1b]11;cut\x1b[A", "Up"}, {"\x1b]11;cut\x03", "C-c"}, {"\x1b]11;cut\x1b", "Esc"}, {"a\x1b[?6cb", "a b"},
    };

    (void)state;
    all_give(answers, COUNT_OF(answers));
}

static void garbage_ends_and_what_follows_is_read(void **state)
{
    struct str long_one = STR_INIT;

    (void)state;
    gives("\xffx", "? x");
    gives("\xc3x", "? x");
    gives("\xe5\xa3x", "? ? x");
    gives("\xe5", "?");
    gives("\xed\xa0\x80x", "? ? ? x");
    gives("\xc0\x80x", "? ? x");
    gives("\xc2\x9bx", "? x");
    gives("\x1b[1;2\x03x", "C-c x");
    gives("\x1b[1;\x1b[A", "Up");
    gives("\x1b[12\xffx", "? x");
    gives("\x1b[99~x", "? x");
    gives("\x1b[Vx", "? x");
    gives("\x1b[201~x", "x");
    gives("\x1b[1;2;3;4;5;6;7;8;9;10;11Ax", "S-Up x");
    str_add(&long_one, "\x1b[");
    str_add_repeat(&long_one, "1", 254);
    str_add(&long_one, "\x1b[A");
    gives(str_text(&long_one), "Up");
    str_done(&long_one);
}

static void names_have_one_spelling(void **state)
{
    static const struct sequence names[] = {
        {"a", "a"}, {"M-C-x", "C-M-x"}, {"C-A", "C-a"}, {"C-i", "Tab"}, {"C-m", "Enter"}, {"C-[", "Esc"}, {"C-@", "C-Space"},
        {"C-/", "C-_"}, {"C-?", "BSpace"}, {"S-a", "A"}, {"S-Tab", "S-Tab"}, {"S-M-C-up", "C-M-S-Up"}, {"f5", "F5"},
        {"S-F5", "S-F5"}, {"F20", "F20"}, {"pgup", "PgUp"}, {"PageDown", "PgDn"}, {"Return", "Enter"}, {"M-enter", "M-Enter"},
        {"escape", "Esc"}, {"C--", "C--"}, {"-", "-"}, {"C", "C"}, {"M-C", "M-C"}, {"é", "é"}, {"M-é", "M-é"}, {"売", "売"},
        {"space", "Space"}, {"C-S-a", "C-S-a"}, {"M-A", "M-A"}, {"~", "~"},
    };
    static const char *const bad[] = {"", "C-", "M-C-", "F21", "F0", "Foo", "ab", "X-a", " ", "\t", "\x7f", "\xff", "C-\xff", "a ", "\xc2\x85"};
    char name[KEY_NAME_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        assert_true(key_name_normal(names[i].bytes, name));
        assert_string_equal(name, names[i].name);
        assert_true(key_name_normal(names[i].name, name));
        assert_string_equal(name, names[i].name);
    }
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(key_name_normal(bad[i], name));
}

static int forget(void **state)
{
    (void)state;
    str_clear(&seen);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(characters_and_control_characters, forget),
        cmocka_unit_test_setup(keys_of_xterm, forget),
        cmocka_unit_test_setup(keys_of_vt220_linux_screen_and_tmux, forget),
        cmocka_unit_test_setup(keys_of_rxvt_and_the_keypad, forget),
        cmocka_unit_test_setup(keys_told_by_their_code, forget),
        cmocka_unit_test_setup(readline_gets_the_bytes_of_a_plain_terminal, forget),
        cmocka_unit_test_setup(a_lone_escape_is_a_key_when_nothing_follows, forget),
        cmocka_unit_test_setup(the_middle_of_a_sequence_is_no_key, forget),
        cmocka_unit_test_setup(a_paste_is_one_event_however_it_is_cut, forget),
        cmocka_unit_test_setup(ten_thousand_lines_are_one_paste, forget),
        cmocka_unit_test_setup(reports_of_the_mouse, forget),
        cmocka_unit_test_setup(answers_of_the_terminal_are_swallowed, forget),
        cmocka_unit_test_setup(garbage_ends_and_what_follows_is_read, forget),
        cmocka_unit_test_setup(names_have_one_spelling, forget),
    };
    int failed = cmocka_run_group_tests_name("ui_input", tests, NULL, NULL);

    str_done(&seen);
    return failed;
}
