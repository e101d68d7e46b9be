#!/usr/bin/env python3
"""TAP: the console in a real terminal, on real servers; run under tests/with-servers. Words as arguments choose cases."""
import glob
import os
import re
import shlex
import signal
import subprocess
import sys
import time

import boards
import first_run
import screens
import tap
import working
from keys import key_table, tmux_key
from line import Line
from terminal import DEADLINE, PROGRAM, Gone, Terminal

HANDS_REST = 0.7      # seconds without a key, after which a question that came meanwhile takes the next one
QUESTION = "total_views, engagement_rate by channel_name top 5 by total_views"


def ytempire(command, *options):
    return subprocess.run([PROGRAM, "--local", *options, "--exec", command], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, encoding="utf-8")


def value(sql):
    done = ytempire("sql " + sql, "--format", "csv", "--no-header")
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def eventually(condition, words):
    until = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < until, "never: " + words
        time.sleep(0.05)


def queries_of_others():
    """Statements that run on the server but this one."""
    return int(value("SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND backend_type = 'client backend' "
                     "AND pid <> pg_backend_pid()"))


def ask(t, line, shown=r"\d+ rows? ·"):
    t.type(line)
    t.key("Enter")
    return t.wait_for(shown)


def console(rows=24, columns=100, *options, **more):
    t = Terminal(rows, columns, **more)
    t.start("--local", *options)
    t.wait_for("ytempire>")
    return t


def asked(rows=24, columns=100, *options, **more):
    t = console(rows, columns, *options, **more)
    ask(t, QUESTION)
    return t


def leave(t):
    """By the person's own way out, and the terminal is as it was."""
    t.wait_gone(r"cancelling|running \d")    # else Ctrl-C would stop that; a text may speak of running, too
    t.type(":")                 # to the prompt, or a line that the next key drops
    t.key("C-c")
    t.type("quit")
    t.key("Enter")
    t.wait(lambda text: t.state("alternate_on") == "0" and t.pid() is None, "the program leaves")
    sane(t)


def sane(t):
    t.wait(lambda text: t.state("alternate_on") == "0", "the shell's screen")
    assert t.state("alternate_on") == "0", "the alternate screen is still on"
    assert t.state("mouse_any_flag") == "0", "the mouse is still taken"
    assert t.state("cursor_flag") == "1", "the cursor is hidden"
    modes = t.modes()
    for mode in ("icanon", "echo", "isig", "opost", "icrnl"):
        assert re.search(r"(?<!-)\b%s\b" % mode, modes), "%s is off: %s" % (mode, modes)
    t.type("echo a$((1+1))b")
    t.key("Enter")
    t.wait_for(r"^a2b$")


# -- the frame -----------------------------------------------------------------------------------------------------------


def it_starts_paints_and_leaves_the_terminal_as_it_was():
    with console() as t:
        assert t.state("alternate_on") == "1"
        t.wait_for(r"^ 1 Query .*pg ● .*redis ● ")
        leave(t)


def a_question_shows_rows_with_range_zone_rule_and_source():
    with asked() as t:
        text = t.wait_for("5 rows · .* from facts")
        assert re.search(r"total_views: last per video", text), text
        assert re.search("channel_name +total_views", text), text
        leave(t)


def a_cached_answer_says_so_and_how_old_it_is():
    with Terminal(24, 100) as t:
        t.start(command=shlex.quote(PROGRAM) + " --local")
        t.wait_for("ytempire>")
        past = "views_gained for 2017-11-14..2017-11-20"    # wholly past: an hour fresh
        ask(t, past, r"rows? · .*(just now|ago) ─┐")
        ask(t, past, r"rows? · .*cached (just now|[0-9]+ s ago) ─┐")
        leave(t)


def every_size_shows_all_it_must():
    for rows, columns in ((24, 80), (10, 40), (50, 200)):
        with asked(rows, columns) as t:
            lines = t.settled().split("\n")
            assert lines[0].startswith(" 1 Query"), lines[0]
            assert lines[1].startswith("┌ total_views") and lines[1].endswith("┐"), lines[1]
            assert lines[rows - 1].startswith(" ytempire>"), lines[rows - 1]
            assert lines[rows - 2].startswith("└") and lines[rows - 2].endswith("┘"), lines[rows - 2]
            assert all(len(line) <= columns for line in lines)
            leave(t)


def too_small_a_terminal_says_so_and_comes_back():
    with asked() as t:
        t.resize(6, 30)
        t.wait_for("at least 40x10")
        t.resize(24, 100)
        t.wait_for(r"^┌ total_views")
        leave(t)


def a_storm_of_sizes_ends_in_a_whole_screen():
    with asked() as t:
        for i in range(60):
            t.resize(8 + i * 7 % 45, 36 + i * 13 % 170)
        t.resize(24, 80)
        text = t.wait_for(r"^┌ total_views.*┐$")
        assert len([line for line in text.split("\n") if line.startswith("│")]) == 20, text
        leave(t)


def a_size_that_is_none_or_a_mistake_harms_nothing():
    with asked(24, 80) as t:
        for size in ("cols 0 rows 0", "cols 65000 rows 65000", "cols 1 rows 1", "cols 80 rows 24"):
            subprocess.run(["stty", "-F", t.state("pane_tty"), *size.split()], check=True)
            t.settled()
        t.key("C-l")
        t.wait_for(r"^┌ total_views.*┐\n(│.*│\n){20}└.*┘\n ytempire>$")
        leave(t)


def it_starts_on_any_terminal():
    for term in ("xterm-256color", "screen", "linux", "vt100", "xterm-kitty", "nonsense"):
        with asked(24, 80, term=term) as t:
            assert re.search("Query", t.text()), term
            leave_by_keys(t)


def leave_by_keys(t):
    t.type("quit")
    t.key("Enter")
    t.wait(lambda text: t.pid() is None, "the program leaves")


def a_dumb_terminal_gets_a_plain_prompt():
    with Terminal(24, 100, term="dumb") as t:
        t.start("--local")
        t.wait_for("cannot place its cursor")
        t.wait_for(r"^ytempire> ?$")
        t.type("sql SELECT 41 + 1 AS answer")
        t.key("Enter")
        t.wait_for("42")
        t.type("quit")
        t.key("Enter")
        t.wait_for(r"^\$ ?$")


def a_locale_that_is_not_utf8_gets_ascii():
    with console(24, 80, environment={"LC_ALL": "C", "LANG": "C"}) as t:
        ask(t, QUESTION, r"rows - ")
        text = t.settled()
        assert all(ord(c) < 128 for c in text), text
        assert re.search(r"^\+ total_views", text, re.MULTILINE), text
        leave_by_keys(t)


def what_a_search_found_has_a_colour():
    title = value("SELECT video_title FROM analytics.dim_video WHERE video_title ~ '^[A-Z][a-z]+ [a-z]+ ' ORDER BY video_key LIMIT 1")
    word = title.split()[0]
    with console(24, 200) as t:
        ask(t, "search --limit 3 %s" % word, "3 rows ·")
        t.key("Down")
        t.settled()
        assert re.search(r"\x1b\[[0-9;]*48;5;221[0-9;]*m\*\*%s\*\*\x1b" % word, t.colours()), t.colours()
        leave(t)


def no_color_means_none():
    with asked(24, 100, environment={"NO_COLOR": "1"}) as t:
        t.settled()
        assert not re.search(r"\x1b\[[0-9;]*\b(3[0-8]|4[0-8]|9[0-7]|10[0-7])\b", t.colours()), t.colours()
        leave(t)


def a_theme_that_cannot_be_had_is_told_once():
    with console(24, 100, "--theme", "nosuch") as t:
        t.wait_for("unknown theme 'nosuch'")
        ask(t, "sql SELECT 1 AS x", "1 row ·")
        t.wait_gone("unknown theme")
        leave(t)


def double_width_and_combining_text_lines_up():
    with console() as t:
        ask(t, "sql SELECT * FROM (VALUES ('売上高', 'x'), ('e\u0301te\u0301', 'x'), ('서울 여행기', 'x'), ('plain', 'x')) AS v (name, mark)")
        t.key("Escape")
        lines = [line for line in t.settled().split("\n") if "x" in line and line.startswith("│")][:4]
        columns = {display_width(line[:line.index("x")]) for line in lines}
        assert len(columns) == 1, "\n".join(lines)
        leave(t)


def display_width(text):
    import unicodedata
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


# -- keys ----------------------------------------------------------------------------------------------------------------


def every_key_of_the_table_does_its_command():
    ends = ("back", "suspend", "result drop", "focus", "prompt", "keys", "palette", "tour", "refresh", "catalog", "drill", "list",
            "page", "cancel", "redraw", "result explain", "screen")
    with asked(50, 160) as t:
        for place, key, command in key_table():
            if place not in ("query", "any") or command.startswith(ends) or command.startswith("grid move"):
                continue
            t.key("Escape")
            t.settled()
            to_result(t)
            t.key(*tmux_key(key))
            t.wait_for(r" :%s " % re.escape(command.strip()))
        leave(t)


def every_key_that_moves_in_a_result_moves():
    with console(24, 100) as t:
        ask(t, "sql SELECT n, n AS b, n AS c FROM generate_series(1, 200) AS n", "200 rows")
        to_result(t)
        t.wait_for("row 1/200")
        moves = [("Down", 2), ("j", 3), ("Up", 2), ("k", 1), ("G", 200), ("g", 1), ("NPage", None), ("PPage", 1), ("C-f", None),
                 ("C-b", 1), ("C-d", None), ("C-u", 1), ("WheelDownPane", 1)]
        for key, row in moves[:-1]:
            t.key(key)
            t.wait_for(r"row %s/200" % (row if row else "([2-9]|[1-9][0-9])"))
        for key, column in (("Right", "b"), ("l", "c"), ("Left", "b"), ("h", "n"), ("End", "c"), ("Home", "n"), ("$", "c"), ("0", "n")):
            t.key(key)
            t.key("w")
            t.wait_for(r"copied to .*: 1$|copied to .*: 1 ")
        leave(t)


def every_key_of_a_text_scrolls_it():
    with console(24, 80) as t:
        t.type("help")
        t.key("Enter")
        t.wait_for("┌ help")
        t.key("F6")
        t.wait_for("result before")
        top = t.settled()
        for there, back in (("Down", "Up"), ("j", "k"), ("NPage", "PPage"), ("C-f", "C-b"), ("Space", "g"), ("G", "g"), ("End", "Home")):
            t.key(there)
            t.wait(lambda text: text.split("\n")[2] != top.split("\n")[2], "%s scrolls" % there)
            t.key(back)
            t.wait(lambda text: text.split("\n")[2] == top.split("\n")[2], "%s scrolls back" % back)
        leave(t)


def every_key_of_a_list_chooses_in_it():
    with console(24, 100) as t:
        t.key("F3")
        first = t.wait_for(r"│>")
        chosen = re.compile(r"│>(.{20})")
        def now():
            found = chosen.search(t.text())
            return found and found[1]
        begin = now()
        for there, back in (("Down", "Up"), ("C-n", "C-p"), ("NPage", "PPage"), ("End", "Home")):
            t.key(there)
            t.wait(lambda text: now() != begin, "%s chooses another" % there)
            t.key(back)
            t.wait(lambda text: now() == begin, "%s chooses the first" % back)
        t.type("doctor")
        t.wait_for(">doctor")
        t.key("Tab")
        t.wait_for(r"^ ytempire> doctor")
        t.key("C-c")
        t.key("F3")
        t.wait_for("palette")
        t.key("Escape")
        t.wait_gone("palette ─")
        leave(t)


def every_key_that_holds_everywhere_holds_in_the_prompt():
    with asked(24, 100) as t:
        t.type("half a line")
        for key, shown in (("F1", "keys: Enter does it"), ("F3", "┌ palette"), ("M-x", "┌ palette")):
            t.key(key)
            t.wait_for(shown)
            t.key("Escape")
            t.wait_gone(shown)
        t.key("F12")
        t.wait_for("F12 closes")
        t.key("F12")
        t.wait_gone("F12 closes")
        t.key("F6")
        t.wait_for("s sort")
        t.key("F6")
        t.wait_gone("s sort")
        t.key("C-l")
        t.key("M-1")
        assert t.has("ytempire> half a line"), t.text()
        t.key("F2")
        t.wait_for("┌ catalog.* rows ·")
        t.key("F5")
        t.wait_for("┌ catalog.* rows ·")
        leave(t)


def to_result(t):
    """The focus on the rows, whatever was open before."""
    for _ in range(6):
        if t.has(r"^└.* s sort"):
            return
        t.key("Escape")
        try:
            t.wait_for(r"^└.* s sort", 2)      # with nothing open a second Esc would lead back to the prompt
        except Gone:
            pass
    t.wait_for(r"^└.* s sort")


def help_is_the_key_table_and_runs_keys():
    with asked() as t:
        to_result(t)
        t.key("?")
        t.wait_for("keys: Enter does it")
        t.type("on its side")
        t.wait_for(r">x ")
        t.key("Enter")
        t.wait_gone("keys: Enter")
        t.wait_for(":grid expand")
        leave(t)


def the_keys_of_a_list_act_on_it():
    with console(24, 100) as t:
        t.key("F3")
        first = t.wait_for(r"┌ palette(.|\n)*│>")
        t.key("F1")
        t.wait_for("┌ keys")
        t.key("Escape")
        t.wait_for("┌ palette")
        t.key("F1")
        t.wait_for("┌ keys")
        t.type("list edit")
        t.wait_for(">Tab ")
        t.key("Enter")
        chosen = re.search(r"│>(\S+)", first)[1]
        t.wait_for("^ ytempire> %s$" % re.escape(chosen))
        leave(t)


def the_palette_finds_commands_and_results():
    with asked() as t:
        t.key("F3")
        t.wait_for("palette")
        t.type("migr stat")
        t.wait_for(">migrate status")
        t.key("Enter")
        t.wait_for("┌ migrate status")
        t.key("F3")
        t.wait_for("palette")
        t.type("result 1")
        t.wait_for(">result 1 ")
        t.key("Enter")
        t.wait_for("┌ total_views")
        leave(t)


def a_persons_own_keys_come_first_and_a_bad_line_is_told():
    folder = os.path.join(os.environ["XDG_CONFIG_HOME"], "ytempire")
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "keys")
    try:
        with open(path, "w") as out:
            out.write("# mine\nquery Z grid expand\nquery s none\nquery F13x grid sort\n")
        with console() as t:
            t.wait_for("no key 'F13x'")
            ask(t, QUESTION)
            t.key("Escape")
            t.wait_for("x expand")
            t.key("Z")
            t.wait_for(":grid expand")
            t.key("s")
            t.wait_for("'s' does nothing here")
            leave(t)
    finally:
        os.unlink(path)


def values_of_a_dimension_are_offered_and_never_waited_for():
    with asked() as t:
        t.type("total_views where category = 'Edu")
        t.key("Tab")                    # nothing is known yet, and nothing waits
        t.wait_for("a value of category|'Education'")
        until = time.monotonic() + DEADLINE
        while not t.has("'Education'"):
            assert time.monotonic() < until, "the value never comes\n" + t.text()
            t.key("Tab")
            time.sleep(0.2)
        t.key("Enter")                  # takes it
        t.wait_for(r"^ ytempire> total_views where category = 'Education'$")
        t.key("Enter")
        t.wait_for(r"┌ total_views where category = .?Education.* 1 row ·")
        leave(t)


# -- results -------------------------------------------------------------------------------------------------------------


def a_chart_of_three_hundred_columns_is_drawn():
    with console() as t:
        ask(t, "sql SELECT n, %s FROM generate_series(1, 50) AS n" % ", ".join("n * %d AS c%d" % (i, i) for i in range(300)))
        ask(t, "view line", "├ line")
        t.wait_for(r"c4│$")
        leave(t)


def results_are_kept_and_gone_back_to():
    with console() as t:
        ask(t, "sql SELECT 1 AS first", "┌ sql SELECT 1 AS first.*1 row")
        ask(t, "sql SELECT 2 AS second", "┌ sql SELECT 2 AS second.*1 row")
        to_result(t)
        t.key("[")
        t.wait_for("┌ sql SELECT 1 AS first")
        t.key("]")
        t.wait_for("┌ sql SELECT 2 AS second")
        t.key("X")
        t.wait_for("Forget all 2 results")
        t.key("n")
        t.wait_gone("Forget all")
        t.key("X")
        t.wait_for("Forget all 2 results")
        t.key("y")
        t.wait_for("┌ ytempire")
        leave(t)


def a_key_that_asks_for_words_takes_them_and_leads_back():
    with console(24, 100) as t:
        ask(t, "sql SELECT n, chr(96 + n) AS letter FROM generate_series(1, 26) AS n", "26 rows")
        to_result(t)
        t.type("/y")
        t.wait_for("^ ytempire> grid search y$")
        t.key("Enter")
        t.wait_for(r"row 25/26")
        t.type("g")                 # keys are the rows' again
        t.wait_for(r"row 1/26")
        t.type("n")
        t.wait_for(r"row 25/26")
        t.type("&n > 20")
        t.key("Enter")
        t.wait_for(r"row \d+/6")
        t.type("e")
        t.wait_for("^ ytempire> grid export$")
        t.key("C-c")
        t.wait_gone("grid export")
        t.type("G")
        t.wait_for(r"row 6/6")
        leave(t)


def an_error_stands_under_its_word():
    with console() as t:
        ask(t, "total_vews by channel_name", "error: unknown measure 'total_vews'")
        lines = t.settled().split("\n")
        at = next(i for i, line in enumerate(lines) if "^^^^" in line)
        assert lines[at].index("^") == lines[at - 1].index("total_vews"), "\n".join(lines)
        t.wait_for("did you mean 'total_views'")
        leave(t)


def what_fails_in_the_middle_keeps_its_rows_and_says_why():
    with console(24, 100) as t:
        ask(t, "sql SELECT 10000 / (500 - n) AS q FROM generate_series(1, 1000) AS n", r"\d+ rows? · failed after")
        t.wait_for("^│error: division by zero")
        t.key("F6")
        t.wait_for("row 1/")
        t.wait_for("^│error: division by zero")
        leave(t)


def the_exec_line_of_a_result_is_copied():
    with asked() as t:
        to_result(t)
        t.key("y")
        t.wait_for("copied to .*ytempire --local --exec 'total_views")
        eventually(lambda: "ytempire --local --exec 'total_views, engagement_rate by channel_name top 5" in t.tmux("show-buffer"),
                   "the terminal has it in its buffer")
        leave(t)


def the_exec_line_has_the_variables_it_names():
    with console(24, 160, "--var", "n=it's", "--var", "other=2") as t:
        ask(t, "sql SELECT :n::text AS x", "1 row ·")
        to_result(t)
        t.key("y")
        t.wait_for("copied to ")
        eventually(lambda: t.tmux("show-buffer", check=False) ==
                   "ytempire --local --var 'n=it'\\''s' --exec 'sql SELECT :n::text AS x'", "it has the one variable")
        leave(t)


def a_file_is_written_by_one_export_at_a_time():
    """What an export writes into until it is whole is there already, as another of this program would have it."""
    path = os.path.join(os.environ["HOME"], "twice.csv")
    with console(24, 120) as t:
        ask(t, "sql SELECT n, md5(n::text) AS hash FROM generate_series(1, 2000) AS n", r"2,000 rows · \d")
        part = "%s.%d.part" % (path, t.pid())
        with open(part, "w", encoding="utf-8") as other:
            other.write("of another export")
        ask(t, "grid export %s" % path, "twice.csv' is being written already")
        with open(part, encoding="utf-8") as other:
            assert other.read() == "of another export"
        assert not os.path.exists(path)
        os.unlink(part)
        ask(t, "grid export %s" % path, "written to")
        with open(path, encoding="utf-8") as lines:
            got = lines.read().splitlines()
        assert len(got) == 2001 and all(row.count(",") == 1 for row in got), len(got)
        leave(t)


def what_is_shown_is_exported():
    path = os.path.join(os.environ["HOME"], "out.csv")
    with asked() as t:
        ask(t, "grid export %s" % path, "written to")
        with open(path, encoding="utf-8") as lines:
            got = lines.read().splitlines()
        assert got[0] == "channel_name,total_views,engagement_rate" and len(got) == 6, got
        expected = ytempire(QUESTION, "--format", "csv").stdout.splitlines()
        assert got == expected, (got, expected)
        leave(t)


def a_drill_adds_a_dimension_with_the_row_as_filter():
    with asked(24, 180) as t:
        to_result(t)
        t.key("Enter")
        t.wait_for("drill by")
        t.type("category")
        t.wait_for(">category")
        t.key("Enter")
        t.wait_for(r"┌ total_views.* by channel_name, category where .*channel_name = .* rows? ·")
        leave(t)


def a_text_is_searched_by_keys():
    with console(16, 80) as t:
        t.type("help")
        t.key("Enter")
        t.wait_for("┌ help")
        t.key("F6")
        t.wait_for("result before")
        assert not t.has("into the warehouse"), t.text()
        t.type("/WAREHOUSE")
        t.wait_for("^ ytempire> page search WAREHOUSE$")
        t.key("Enter")
        first = t.wait_for("into the warehouse")
        t.type("N")
        t.wait(lambda text: text != first, "another place, or word that it went around")
        t.type("/nowhere at all")
        t.key("Enter")
        t.wait_for("the text has no 'nowhere at all'")
        leave(t)


def a_wider_screen_shows_the_end_of_a_text_that_was_scrolled():
    with console(12, 40) as t:
        t.type("help")
        t.key("Enter")
        t.wait_for("┌ help")
        t.key("F6")
        t.wait_for("scroll")
        t.type("G")
        t.wait_for("can be asked for")
        t.resize(30, 160)
        t.wait_for("can be asked for")
        leave(t)


def the_log_is_moved_in_and_searched_by_keys():
    with console(24, 120) as t:
        for n in range(1, 9):
            ask(t, "sql SELECT %d AS kept" % n, r"┌ sql SELECT %d AS kept.* 1 row · \d" % n)
        t.key("F12")
        t.wait_for("F12 closes")
        t.key("F6", "F6")
        t.wait_for(r"─ (\d+) of \1 ─")
        t.type("k")
        t.wait(lambda text: re.search(r"─ (\d+) of (\d+) ─", text) and
               len(set(re.search(r"─ (\d+) of (\d+) ─", text).groups())) == 2, "the one before is chosen")
        t.type("/SELECT 3 as")
        t.key("Enter")
        t.wait_for("SELECT 3 AS kept *│")
        t.type("w")
        t.wait_for("copied to .*: SELECT 3 AS kept")
        t.type("/select 9 as")
        t.key("Enter")
        t.wait_for("nothing in the log has 'select 9 as'")
        t.key("Escape")
        t.wait_gone(r"─ \d+ of \d+ ─")
        t.type("X")                 # the rows have the keys
        t.wait_for("Forget all")
        t.type("n")
        t.wait_gone("Forget all")
        leave(t)


def the_log_shows_statements_with_their_cost():
    with asked() as t:
        t.key("F12")
        t.wait_for(r"ms +\d+ rows")
        t.wait_for("F12 closes")
        t.key("F12")
        t.wait_gone("F12 closes")
        leave(t)


# -- running and ending --------------------------------------------------------------------------------------------------


def a_query_is_cancelled_with_the_servers_word():
    with console() as t:
        t.type("sql SELECT pg_sleep(600)")
        t.key("Enter")
        t.wait_for("running .* Ctrl-C cancels")
        eventually(lambda: queries_of_others() == 1, "the query runs")
        t.key("C-c")
        t.wait_for(r"cancelled, confirmed by the server in \d+ ms")
        assert queries_of_others() == 0
        ask(t, "sql SELECT 'still here' AS x", "still here")
        leave(t)


def keys_are_answered_while_a_query_runs():
    with asked() as t:
        t.type("sql SELECT pg_sleep(600)")
        t.key("Enter")
        t.wait_for("Ctrl-C cancels")
        to_result(t)
        t.key("x")
        t.wait_for(":grid expand")
        t.key("C-c")
        t.wait_for("cancelled")
        leave(t)


def what_works_on_the_rows_is_stopped_by_ctrl_c():
    path = os.path.join(os.environ["HOME"], "half.csv")
    with console(24, 120) as t:
        ask(t, "sql SELECT n, md5(n::text) AS hash FROM generate_series(1, 1000000) AS n", r"1,000,000 rows · \d")
        to_result(t)
        t.type("$s")
        t.key("C-c")
        t.wait_for("stopped")
        assert not t.has("hash ▼"), t.text()
        t.type(":grid export %s" % path)
        t.key("Enter", "C-c")
        t.wait(lambda text: "stopped" in text and not glob.glob(path + "*"), "the export is stopped, and left nothing")
        t.type("grid export %s" % path)
        t.key("Enter", *"quit", "Enter")
        t.wait_for("'grid export .*still runs")
        t.key("y")
        t.wait(lambda text: t.pid() is None, "the program leaves")
        sane(t)
        assert not os.path.exists(path)


def two_questions_are_asked_one_after_the_other():
    path = os.path.join(os.environ["HOME"], "there.csv")
    open(path, "w").close()
    with asked(24, 120) as t:
        ask(t, "sql SELECT pg_sleep(1.5); local reset", "Ctrl-C cancels")
        ask(t, "grid export %s" % path, "is there already")
        t.wait_for("┌ sql SELECT pg_sleep.* 1 row ")
        t.key("n")
        t.wait_for("The private database in")
        t.key("n")
        t.wait_gone("sure")
        ask(t, "sql SELECT 'goes on' AS x", "goes on")
        leave(t)


def typed_into_a_question(t):
    """A question comes while somebody types on. The line then, and whether the next keys were sent before hands had rested."""
    ask(t, "sql SELECT pg_sleep(1); local reset", "Ctrl-C cancels")
    for _ in range(200):
        last = time.monotonic()
        t.type("n")                    # not y: what it would do is not for a test
        text = t.text()
        if "The private database in" in text:
            break
    t.type("nn")
    return text[text.rindex("ytempire>"):], time.monotonic() - last < HANDS_REST


def answer_no(t):
    until = time.monotonic() + DEADLINE
    while t.has("y yes   n no"):
        assert time.monotonic() < until, t.text()
        time.sleep(2 * HANDS_REST)     # a slow machine may have seen the last key later than it was sent: again then
        t.type("n")
        t.settled()


def a_question_takes_no_key_that_was_meant_for_the_line():
    with console(24, 120) as t:
        for _ in range(10):
            line, in_time = typed_into_a_question(t)
            if in_time:
                break
            answer_no(t)
            t.key("C-u")
        else:
            raise tap.Skip("this machine is too slow for keys to come within %s s" % HANDS_REST)
        t.wait(lambda text: text.count("n", text.rindex("ytempire>")) > line.count("n"), "keys still go to the line")
        assert t.has("The private database in"), t.text()
        answer_no(t)
        leave(t)


def asking_again_for_what_changes_something_asks_first():
    with console(24, 120) as t:
        ask(t, "local up", "┌ local up|done: local up")
        ask(t, "sample load --channels 12 --days 20", "┌ sample load.* rows ·")
        t.key("F5")
        t.wait_for("'sample load .*' changes what is stored")
        t.key("n")
        t.wait_gone("changes what is stored")
        leave(t)


def an_error_is_explained_and_copied():
    with console(24, 120) as t:
        ask(t, "total_views by channel_nam", "did you mean")
        t.key("F6")
        t.wait_for("result before")
        t.key("Y")
        t.wait_for("copied to .*: error: unknown")
        t.key("E")
        t.wait_for("┌ explain total_views by channel_nam")
        leave(t)


def the_exec_line_has_the_zone_of_what_it_shows():
    with console(24, 160) as t:
        ask(t, "set tz Asia/Tokyo", "done: set")
        ask(t, "views_gained by day last 3 days")
        to_result(t)
        t.key("y")
        t.wait_for("copied to .*--exec 'set tz Asia/Tokyo; views_gained")
        shown = re.findall(r"^│[> ](\d{4}-\d\d-\d\d) +([\d,]+) *│", t.text(), re.MULTILINE)
        line = t.tmux("show-buffer").split("--exec ")[1].strip("'\n")
        got = ytempire(line, "--format", "csv", "--no-header").stdout.splitlines()
        assert len(shown) == 3, t.text()
        assert ["%s,%s" % (day, n.replace(",", "")) for day, n in shown] == got, (shown, got)
        leave(t)


def the_age_of_what_is_shown_stays_at_eighty_columns():
    with asked(24, 80) as t:
        t.wait_for(r"^┌ total_views.*5 rows.* (just now|ago) ─┐$")
        leave(t)


def without_a_shell_ctrl_z_says_so():
    line = Line([PROGRAM, "--local"])          # of a session of its own, as in a window that was opened for it
    line.until(b"ytempire> ")
    line.rest()
    line.write("\x1a")
    line.until(b"no shell to go back to")
    assert line.end("\x03quit\r") == 0


def leaving_while_a_query_runs_asks_first():
    with console() as t:
        t.type("sql SELECT pg_sleep(600)")
        t.key("Enter")
        t.wait_for("Ctrl-C cancels")
        t.type("quit")
        t.key("Enter")
        t.wait_for("still runs. Cancel it and leave")
        t.key("n")
        t.wait_gone("Cancel it and leave")
        t.type("quit")
        t.key("Enter")
        t.wait_for("still runs")
        t.key("y")
        t.wait(lambda text: t.pid() is None, "the program leaves")
        sane(t)
        eventually(lambda: queries_of_others() == 0, "no query is left on the server")


def ended_by(number):
    # the fault is ours: a sanitizer is not to find it
    with console(environment={"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":handle_segv=0"}) as t:
        t.type("sql SELECT pg_sleep(600)")
        t.key("Enter")
        t.wait_for("Ctrl-C cancels")
        eventually(lambda: queries_of_others() == 1, "the query runs")
        os.kill(t.pid(), number)
        t.wait(lambda text: t.pid() is None, "the program ends")
        sane(t)
        eventually(lambda: queries_of_others() == 0, "no query is left on the server")


def a_hangup_leaves_nothing_behind():
    ended_by(signal.SIGHUP)


def a_termination_leaves_nothing_behind():
    ended_by(signal.SIGTERM)


def a_crash_leaves_the_terminal_sane_and_no_query():
    ended_by(signal.SIGSEGV)


def a_vanished_terminal_ends_the_program_and_its_query():
    line = Line([PROGRAM, "--local"])
    line.until(b"ytempire> ")
    line.rest()
    line.write("sql SELECT pg_sleep(600)\r")
    eventually(lambda: queries_of_others() == 1, "the query runs")
    assert line.vanish() != 0
    eventually(lambda: queries_of_others() == 0, "no query is left on the server")


def a_stalled_line_blocks_nothing():
    line = Line([PROGRAM, "--local"], 50, 200)
    line.until(b"ytempire> ")
    line.rest()
    line.write("sql SELECT n, md5(n::text) FROM generate_series(1, 400000) AS n\r")
    eventually(lambda: queries_of_others() == 0 and line.memory() > 0, "the query ends though nobody reads the screen")
    line.until(b"400,000 rows")
    line.write("\x0c")
    line.until(b"400,000 rows")
    assert line.end("\x03quit\r") == 0


def suspended_and_continued_the_screen_comes_back():
    with Terminal(24, 100) as t:
        t.start("--local")
        t.wait_for("ytempire>")
        ask(t, QUESTION)
        t.key("C-z")
        t.wait(lambda text: t.state("alternate_on") == "0" and "Stopped" in text, "the shell is back")
        t.type("fg")
        t.key("Enter")
        t.wait(lambda text: t.state("alternate_on") == "1", "the screen is back")
        text = t.wait_for(r"^┌ total_views")
        assert "5 rows" in text, text
        leave(t)


def a_paste_of_ten_thousand_lines_is_one_line_to_edit():
    lines = "VALUES " + ",\n ".join("(%d, '売上 %d')" % (i, i) for i in range(10000))      # a space: one command
    with console() as t:
        t.paste(lines)
        t.wait_for("売上 9999")
        t.key("Enter")
        t.wait_for("10,000 rows ·")
        leave(t)


CASES = [
    it_starts_paints_and_leaves_the_terminal_as_it_was,
    a_question_shows_rows_with_range_zone_rule_and_source,
    a_cached_answer_says_so_and_how_old_it_is,
    every_size_shows_all_it_must,
    too_small_a_terminal_says_so_and_comes_back,
    a_storm_of_sizes_ends_in_a_whole_screen,
    a_size_that_is_none_or_a_mistake_harms_nothing,
    it_starts_on_any_terminal,
    a_dumb_terminal_gets_a_plain_prompt,
    a_locale_that_is_not_utf8_gets_ascii,
    what_a_search_found_has_a_colour,
    no_color_means_none,
    a_theme_that_cannot_be_had_is_told_once,
    double_width_and_combining_text_lines_up,
    every_key_of_the_table_does_its_command,
    every_key_that_moves_in_a_result_moves,
    every_key_of_a_text_scrolls_it,
    every_key_of_a_list_chooses_in_it,
    every_key_that_holds_everywhere_holds_in_the_prompt,
    help_is_the_key_table_and_runs_keys,
    the_keys_of_a_list_act_on_it,
    the_palette_finds_commands_and_results,
    a_persons_own_keys_come_first_and_a_bad_line_is_told,
    values_of_a_dimension_are_offered_and_never_waited_for,
    a_chart_of_three_hundred_columns_is_drawn,
    results_are_kept_and_gone_back_to,
    a_key_that_asks_for_words_takes_them_and_leads_back,
    an_error_stands_under_its_word,
    what_fails_in_the_middle_keeps_its_rows_and_says_why,
    the_exec_line_of_a_result_is_copied,
    the_exec_line_has_the_variables_it_names,
    a_file_is_written_by_one_export_at_a_time,
    what_is_shown_is_exported,
    a_drill_adds_a_dimension_with_the_row_as_filter,
    a_text_is_searched_by_keys,
    a_wider_screen_shows_the_end_of_a_text_that_was_scrolled,
    the_log_is_moved_in_and_searched_by_keys,
    the_log_shows_statements_with_their_cost,
    a_query_is_cancelled_with_the_servers_word,
    keys_are_answered_while_a_query_runs,
    what_works_on_the_rows_is_stopped_by_ctrl_c,
    two_questions_are_asked_one_after_the_other,
    a_question_takes_no_key_that_was_meant_for_the_line,
    asking_again_for_what_changes_something_asks_first,
    an_error_is_explained_and_copied,
    the_exec_line_has_the_zone_of_what_it_shows,
    the_age_of_what_is_shown_stays_at_eighty_columns,
    without_a_shell_ctrl_z_says_so,
    leaving_while_a_query_runs_asks_first,
    a_hangup_leaves_nothing_behind,
    a_termination_leaves_nothing_behind,
    a_crash_leaves_the_terminal_sane_and_no_query,
    a_vanished_terminal_ends_the_program_and_its_query,
    a_stalled_line_blocks_nothing,
    suspended_and_continued_the_screen_comes_back,
    a_paste_of_ten_thousand_lines_is_one_line_to_edit,
]

if __name__ == "__main__":
    loaded = ytempire("sample load --channels 12 --days 20")
    if loaded.returncode != 0:
        sys.exit("sample load: " + loaded.stderr)
    sys.exit(tap.run(CASES + working.CASES + first_run.CASES + screens.CASES + boards.CASES))
