"""Cases: the screens of panels, beside a worker and jobs that others start."""
import os
import re
import signal
import subprocess
import time

from terminal import DEADLINE, PROGRAM, Terminal

BESIDE = ["--local", "--quiet", "--format", "csv", "--no-header"]


def others(*commands, code=0):
    """What somebody else does meanwhile; the rows that it yields."""
    words = [word for command in commands for word in ("--exec", command)]
    done = subprocess.run([PROGRAM, *BESIDE, *words], stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert done.returncode == code, done.stderr
    return done.stdout.strip()


class Worker:
    def __enter__(self):
        self.process = subprocess.Popen([PROGRAM, "--local", "--worker", "--http-port", "off"], stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + DEADLINE
        while others(f"sql SELECT count(*) FROM ops.workers WHERE pid = {self.process.pid}") == "0":
            assert time.monotonic() < until, "the worker does not come"
            time.sleep(0.1)
        return self

    def end(self, number):
        self.process.send_signal(number)
        self.process.wait()

    def __exit__(self, *exception):
        self.end(signal.SIGKILL)
        others("set write on", f"sql DELETE FROM ops.workers WHERE pid = {self.process.pid}")


def put(command):
    """A job that others made; its number."""
    return others("set write on", f"sql INSERT INTO ops.jobs (kind, command, max_attempts) VALUES ('sql', $${command}$$, 1) RETURNING id")


def choose(t, job):
    """The cursor of the queue on a job, wherever that is among others."""
    t.wait_for(rf" {job}  \S")
    t.key("g")
    until = time.monotonic() + DEADLINE
    while not t.has(rf"> *{job}  \S"):
        assert time.monotonic() < until, t.text()
        t.key("j")
        t.settled()


def screen_of(t, name):
    t.key({"jobs": "M-3", "schema": "M-4", "cache": "M-5", "activity": "M-7"}[name])
    return t


def begun(rows=30, columns=130, *options):
    t = Terminal(rows, columns)
    t.start("--local", *options)
    t.wait_for("ytempire>")
    return t


def a_job_that_others_start_is_seen_and_its_cancel_is_told():
    with Worker(), begun() as t:
        screen_of(t, "jobs")
        t.wait_for(r"working +0 +\d")
        job = put("sql SELECT pg_sleep(600)")
        t.wait_for(rf" {job}  sql +running")
        choose(t, job)
        t.key("c")
        t.wait_for(rf"Do 'job cancel {job}'")
        t.key("y")
        t.wait_for(rf"done: job cancel {job}: ")
        t.wait_for(rf"> *{job}  sql +cancelled")
        assert others(f"sql SELECT state FROM ops.jobs WHERE id = {job}") == "cancelled"


def the_bar_of_a_job_that_others_run_moves():
    with Worker(), begun() as t:
        screen_of(t, "jobs")
        job = put("sql SELECT pg_sleep(600)")
        t.wait_for(rf" {job}  sql +running")
        for done, bar in ((25, "██▌"), (50, "█████"), (75, "███████▌")):
            others("set write on", f"sql UPDATE ops.jobs SET progress_done = {done}, progress_total = 100, progress_unit = 'rows' WHERE id = {job}")
            t.wait_for(rf" {job}  sql +running +{done}\.0 {bar} ")
        others(f"job cancel {job}")
        t.wait_for(rf" {job}  sql +cancelled")


def the_top_line_tells_of_workers():
    """One that comes, is killed, says goodbye, is missing while a job waits; a short line leaves them out unless that is wrong."""
    with begun(24, 120) as t:
        t.wait_for(r"^ 1 Query.* all users .*pg ● .* wk 0$")
        with Worker() as first:
            t.wait_for(r" wk 1$")
            with Worker() as second:
                t.wait_for(r" wk 2$")
                t.resize(24, 80)
                t.wait_for(r"^ 1 Query.* all users .*pg ● .* wk 2$")
                t.resize(24, 70)
                t.wait_for(r"^ 1 Query.*pg ● .*redis ● \S+$")
                second.end(signal.SIGKILL)
                t.wait_for(r"^ 1 Query.*pg ● .* wk 1, 1 lost$")
                t.resize(24, 120)
                others("set write on", "sql UPDATE ops.workers SET heartbeat_at = now() - interval '2 minutes' WHERE pid <> %d" % first.process.pid)
                t.wait_for(r" wk 1$")
            first.end(signal.SIGTERM)
            t.wait_for(r" wk 0$")
        job = put("sql SELECT 1")
        t.wait_for(r" wk ✗ none, jobs wait$")
        t.resize(24, 80)
        t.wait_for(r"^ 1 Query.*pg ● .* wk ✗ none, jobs wait$")
        others(f"job cancel {job}")
        t.wait_for(r" wk 0$")


def a_worker_that_is_killed_is_lost():
    with begun(30, 140) as t:
        screen_of(t, "jobs")
        with Worker() as worker:
            t.wait_for(r" wk 1$")
            t.wait_for("(?s)┌ workers.*working")
            worker.end(signal.SIGKILL)
            t.wait_for(r" wk ✗ 1 lost(, jobs wait)?$")
            t.wait_for("(?s)┌ workers.*lost")
        t.wait_for(r" wk (0|✗ none, jobs wait)$")


def the_cursor_stays_on_its_row_when_others_come():
    with begun() as t:
        first = put("sql SELECT 1")
        screen_of(t, "jobs")
        choose(t, first)
        second = put("sql SELECT 2")
        t.wait_for(rf" {second}  sql")
        t.wait_for(rf"> *{first}  sql")
        t.key("c")
        t.wait_for(rf"Do 'job cancel {first}'")
        t.key("y")
        t.wait_for(rf"done: job cancel {first}: ")
        states = others(f"sql SELECT string_agg(state, ' ' ORDER BY id) FROM ops.jobs WHERE id IN ({first}, {second})")
        assert states == "cancelled available", states
        others(f"job cancel {second}")


def an_instant_without_room_keeps_what_is_read_first():
    others("schedule add once_a_year '10 2 30 11 *' sql SELECT 1")
    try:
        with begun(rows=48, columns=170) as t:
            screen_of(t, "jobs")
            t.wait_for(r"once_a_year +11-30 02:10 ")
    finally:
        others("schedule remove once_a_year")


def a_key_fills_in_what_is_chosen_and_shows_the_command():
    with begun() as t:
        job = put("sql SELECT 1")
        screen_of(t, "jobs")
        choose(t, job)
        t.key("w")
        t.wait_for(rf":job why {job}|done: job why {job}")
        t.key("Enter")
        t.wait_for(rf"┌ job show {job} ")
        t.key("M-3")
        t.wait_for(rf" {job}  sql")
        t.type(":")
        t.type("job show 999999999")
        t.key("Enter")
        t.wait_for("there is no job 999999999")
        t.type(f"job cancel {job}")
        t.key("Enter")
        t.wait_for(rf"┌ job cancel {job} ")      # what is typed shows what it yields


def panels_are_gone_through_zoomed_and_sorted():
    with begun() as t:
        screen_of(t, "jobs")
        t.wait_for("elevenlabs-usage")
        t.key("Tab", "Tab")
        t.wait_for("│>elevenlabs-usage")
        t.key("s", "s")
        t.wait_for(r"name ▼")
        t.key("z")
        t.wait_gone("┌ queue")
        t.wait_for("┌ sources")
        t.key("Escape")
        t.wait_for("┌ queue")
        t.key("?")
        t.wait_for("run a load of this source")


def a_small_screen_shows_the_panel_that_has_the_keys():
    with begun(16, 60) as t:
        screen_of(t, "jobs")
        t.wait_for("┌ queue")
        assert not t.has("┌ sources")
        t.key("Tab", "Tab")
        t.wait_for("┌ sources")
        assert not t.has("┌ queue")
        t.resize(40, 160)
        t.wait_for("┌ queue")


def servers_that_stop_are_told_and_heal():
    with begun() as t:
        screen_of(t, "jobs")
        t.wait_for("elevenlabs-usage")
        kept = t.text()
        others("local down")
        t.wait_for("✗")
        t.wait_for("the private servers are down|connection|could not be reached|refused")
        assert "elevenlabs-usage" in t.text(), kept
        others("local up")
        t.wait_gone("the private servers are down")
        t.wait_for("pg ●")


def a_session_that_is_blocked_is_seen_and_its_statement_is_cancelled():
    holds = subprocess.Popen([PROGRAM, *BESIDE, "--exec", "set write on", "--exec", "sql BEGIN", "--exec", "sql LOCK analytics.dim_date",
                              "--exec", "sql SELECT pg_sleep(600) AS holding"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
    waits = None
    try:
        while others("sql SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%AS holding%' AND pid <> pg_backend_pid()") == "0":
            time.sleep(0.1)
        waits = subprocess.Popen([PROGRAM, *BESIDE, "--exec", "sql SELECT count(*) AS waiting FROM analytics.dim_date"],
                                 stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with begun(36, 150) as t:
            screen_of(t, "activity")
            t.wait_for(r"pg_sleep\(600\)")
            t.wait_for(r"(?s)┌ locks.*analytics\.dim_date.*┌ statements")
            t.key("&")
            t.type("waiting")
            t.key("Enter")
            t.wait_gone(r"(?s)┌ sessions.*pg_sleep\(600\).*┌ locks")
            t.key("c")
            t.wait_for("y yes")
            t.key("y")
            t.wait_for("done: activity cancel")
            assert waits.wait(DEADLINE) != 0
    finally:
        for process in (waits, holds):
            if process is not None:
                process.kill()
                process.wait()


def schema_and_cache_show_their_tables():
    with begun() as t:
        screen_of(t, "schema")
        t.wait_for(r">00\d\d +\S+ +applied")
        t.wait_for("analytics.dim_channel")
        t.wait_for("daily_rollup")
        screen_of(t, "cache")
        t.wait_for("total_keys|hit_rate|memory_used")
        t.key("M-1")
        t.wait_for("Ask a question")


CASES = [
    a_job_that_others_start_is_seen_and_its_cancel_is_told,
    the_bar_of_a_job_that_others_run_moves,
    the_top_line_tells_of_workers,
    a_worker_that_is_killed_is_lost,
    the_cursor_stays_on_its_row_when_others_come,
    an_instant_without_room_keeps_what_is_read_first,
    a_key_fills_in_what_is_chosen_and_shows_the_command,
    panels_are_gone_through_zoomed_and_sorted,
    a_small_screen_shows_the_panel_that_has_the_keys,
    servers_that_stop_are_told_and_heal,
    a_session_that_is_blocked_is_seen_and_its_statement_is_cancelled,
    schema_and_cache_show_their_tables,
]
