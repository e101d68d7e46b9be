"""Cases: boards, beside others who warm keys, stop Redis and edit files."""
import json
import os
import re
import shlex
import signal
import subprocess
import time

from screens import BESIDE, others
from terminal import DEADLINE, PROGRAM, Terminal

CONFIG = os.path.join(os.environ["XDG_CONFIG_HOME"], "ytempire", "queries", "boards")


def begun(rows=40, columns=140):
    """With the cache, which boards are about."""
    t = Terminal(rows, columns)
    t.start(command=shlex.quote(PROGRAM) + " --local")
    t.wait_for("ytempire>")
    return t


def write(name, board):
    os.makedirs(CONFIG, exist_ok=True)
    path = os.path.join(CONFIG, name + ".json")
    with open(path + "~", "w", encoding="utf-8") as out:
        out.write(board if isinstance(board, str) else json.dumps(board))
    os.rename(path + "~", path)
    return path


def redis(*words):
    """What another program does there."""
    done = subprocess.run([PROGRAM, "--local", "--quiet", "--format", "json", "--exec", "local status"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    address = next(row["address"] for row in json.loads(done.stdout) if row["server"] == "Redis")
    done = subprocess.run(["redis-cli", "-s", address, *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def a_board_shows_its_panels_and_a_key_that_others_warm():
    others("cache warm executive_dashboard")
    with begun() as t:
        t.key("M-2")
        t.wait_for(r" Executive · last 30 days · all users")
        t.wait_for("Active channels")
        t.wait_for("Views gained, by day")
        t.wait_for("Top channels")
        redis("SET", "analytics:executive:active_channels", '[{"active_channels": 4711}]')
        redis("PUBLISH", "ytempire:warmed", '{"set": "executive_dashboard"}')
        t.wait_for("4,711")


def a_panel_is_zoomed_opened_and_left():
    with begun() as t:
        t.key("M-2")
        t.wait_for("Top channels")
        t.key("G")
        t.key("Enter")
        t.wait_gone("Top channels")
        t.key("Escape")
        t.wait_for("Top channels")
        t.key("o")
        t.wait_for("┌ daily_revenue, daily_cost by day ")
        t.key("2")
        t.wait_for("Top channels")


def the_time_range_and_the_rate_are_changed():
    with begun() as t:
        t.key("M-2")
        t.wait_for("last 30 days")
        t.key("t")
        t.wait_for("ytempire> board range")
        t.type("last 7 days")
        t.key("Enter")
        t.wait_for(r"Executive · last 7 days")
        t.key("+")
        t.wait_for("every 15 s")
        t.key("t")
        t.type("last 7 dyas")
        t.key("Enter")
        t.wait_for("not 'dyas'")
        t.key("t")
        t.wait_for("ytempire> board range")
        t.key("Enter")
        t.wait_for(" Executive · last 30 days")
        t.key("u")
        t.type("nobody@example.com")
        t.key("Enter")
        t.wait_for("no account")


def a_file_that_is_written_is_shown_and_a_broken_one_told():
    write("mine", {"name": "mine", "title": "Mine", "panels": [{"kind": "text", "title": "Note", "text": "written first"}]})
    with begun() as t:
        t.key("M-2")
        t.wait_for("Executive")
        t.key("b")
        t.wait_for("mine")
        t.type("mine")
        t.key("Enter")
        t.wait_for("written first")
        write("mine", {"name": "mine", "title": "Mine", "panels": [{"kind": "text", "title": "Note", "text": "written again"}]})
        t.wait_for("written again")
        write("mine", '{"name": "mine", "title": "Mine",\n "panels": nonsense}')
        t.wait_for(r"mine\.json:2:")
        t.wait_for("written again")
        write("mine", {"name": "mine", "title": "Mine", "panels": [{"kind": "stat", "title": "Wrong", "query": "total_vews"},
                                                   {"kind": "stat", "title": "Right", "query": "videos"}]})
        t.wait_for("total_vews")
        t.wait_for("Right")
    os.unlink(os.path.join(CONFIG, "mine.json"))


def its_file_is_edited_on_the_terminal_and_read_again():
    with Terminal(40, 140, environment={"VISUAL": "sed -i s/Executive/Chief/"}) as t:
        t.start(command=shlex.quote(PROGRAM) + " --local")
        t.wait_for("ytempire>")
        t.key("M-2")
        t.wait_for(" Executive · last 30 days")
        t.key("e")
        t.wait_for(" Chief · last 30 days")
        t.wait_for("Top channels")
    os.unlink(os.path.join(CONFIG, "executive.json"))


def without_redis_a_board_asks_postgresql_and_heals():
    with begun() as t:
        t.key("M-2")
        t.wait_for("Top channels")
        redis("SHUTDOWN", "NOSAVE")
        t.wait_for("redis ✗")
        t.key("F5")
        t.wait_for("Top channels")
        others("local up")
        t.wait_for("redis ●")


def a_small_screen_scrolls_by_the_chosen_panel():
    with begun(24, 80) as t:
        t.key("M-2")
        t.wait_for("Active channels")
        t.key("G")
        t.wait_for("Revenue and cost")
        t.key("g")
        t.wait_for("Active channels")


def warmed(number):
    """What another program finds out, and tells."""
    redis("SET", "analytics:executive:active_channels", json.dumps([{"active_channels": number}]))
    redis("PUBLISH", "ytempire:warmed", '{"set": "executive_dashboard"}')


def an_alert_is_told_on_whatever_screen_and_once():
    others("cache warm executive_dashboard")
    write("mine", {"name": "mine", "title": "Mine", "every": "1h", "panels": [
        {"kind": "stat", "title": "Channels", "key": "analytics:executive:active_channels",
         "alert": {"when": "active_channels > 5000", "ring": True, "show": "too many channels"}}]})
    with begun() as t:
        t.type("screen boards mine")
        t.key("Enter")
        warmed(4001)
        t.wait_for("4,001")
        t.key("M-3")
        t.wait_for("queue ─")
        t.key("F12")
        warmed(5001)
        t.wait_for(r"3 Jobs.* alert: too many channels  pg ")
        t.wait_for(r"alert: too many channels \(board mine\)")
        t.key("M-2")
        t.wait_for("5,001")
        t.wait_for(r"2 Boards.* alert: too many channels ")
        warmed(5002)
        t.wait_for("5,002")
        assert len(re.findall("too many channels", t.text())) == 2, t.text()       # the top line, and once in the log
        t.key("F12", "b")
        t.wait_for(r"mine +too many channels")
        t.key("Escape", "M-1")
        t.resize(10, 40)
        t.wait_for(r"^ 1 Q.* alert pg ")
        t.resize(40, 140)
        warmed(4002)
        t.wait_for(r"over: too many channels \(board mine\)")
        t.wait_gone(r" alert: too many channels ")
    os.unlink(os.path.join(CONFIG, "mine.json"))


def a_board_is_as_it_was_left():
    with begun() as t:
        t.key("M-2")
        t.wait_for("last 30 days")
        t.key("t")
        t.type("last 7 days")
        t.key("Enter")
        t.wait_for(r"Executive · last 7 days")
        t.key(":")
        t.type("screen boards costs")
        t.key("Enter")
        t.wait_for(r" Costs · ")
        t.key(":")
        t.type("screen boards executive")
        t.key("Enter")
        t.wait_for(r"Executive · last 7 days")
        t.wait_for("Top channels")


SEVENS = "sql SELECT day, 7 AS n FROM generate_series(now() - interval '3 days', now(), interval '1 day') AS day"


def a_job_that_failed(ago):
    """Its number; who makes it takes it away."""
    return others("set write on", "sql INSERT INTO ops.jobs (kind, command, state, error, finished_at) VALUES "
                  f"('sql', 'videos', 'discarded', 'the moon is full', now() - interval '{ago}') RETURNING id")


def events_on_the_time_axes_are_listed_and_opened():
    write("mine", {"name": "mine", "title": "Mine", "panels": [
        {"kind": "line", "title": "Sevens", "command": SEVENS, "events": ["job_failed"], "height": 3},
        {"kind": "text", "title": "Note", "text": "nothing is marked here"}]})
    job = a_job_that_failed("1 day")
    with begun() as t:
        t.type("screen boards mine")
        t.key("Enter")
        t.wait_for(rf"◆ \d+-\d+-\d+ \d+:\d+: job {job} \(sql\) failed: the moon")
        t.key("v")
        t.wait_for("┌ events ")
        t.wait_for(rf"\d+-\d+-\d+ \d+:\d+  job_failed +job {job} ")
        t.key("Enter")
        t.wait_for(f"┌ job show {job} ")
        t.wait_for("the moon is full")
        t.key("2")
        t.wait_for("Sevens")
        t.key("G", "Enter")
        t.wait_gone("Sevens")
        t.key("v")
        t.wait_for("nothing is marked in the time that is shown")
    others("set write on", f"sql DELETE FROM ops.jobs WHERE id = {job}")
    os.unlink(os.path.join(CONFIG, "mine.json"))


def what_was_shown_is_stepped_back_through():
    others("cache warm executive_dashboard")
    write("mine", {"name": "mine", "title": "Mine", "every": "1h",
                   "panels": [{"kind": "stat", "title": "Channels", "key": "analytics:executive:active_channels"}]})

    def kept(text):
        return int(re.search(r"ago, \d+ of (\d+) · \] forward", text).group(1))

    with begun() as t:
        t.type("screen boards mine")
        t.key("Enter")
        t.wait_for("Mine · each panel's own time")
        for number in (4001, 4002, 4003):
            warmed(number)
            t.wait_for(f"4,00{number - 4000}")
        t.key("[")
        t.wait_for(r"\d s ago, \d+ of \d+ · \] forward")
        t.wait_for("4,002")
        before = kept(t.text())
        warmed(4004)
        t.wait(lambda text: kept(text) == before + 1, "what is asked meanwhile is kept")
        assert t.has("4,002"), t.text()
        t.key("[")
        t.wait_for("4,001")
        t.key("]", "]")
        t.wait_for("4,003")
        t.key("]")
        t.wait_for("4,004")
        t.wait_gone(r"ago, \d+ of")
        t.key("]")
        t.wait_for("this is what is shown now")
        t.key("[")
        t.wait_for("4,003")
        t.key("Escape")
        t.wait_for("4,004")
        t.wait_gone(r"ago, \d+ of")
        for _ in range(before + 2):
            t.key("[")
        t.wait_for("the first that is kept")
    os.unlink(os.path.join(CONFIG, "mine.json"))


def a_mark_stays_while_events_cannot_be_asked_for():
    write("mine", {"name": "mine", "title": "Mine", "every": "1s", "panels": [
        {"kind": "line", "title": "Sevens", "command": SEVENS, "events": ["job_failed"], "height": 3},
        {"kind": "stat", "title": "Away", "command": "sql SELECT 4000 + count(*) AS n FROM pg_tables WHERE tablename LIKE 'jobs_away%'"}]})
    job = a_job_that_failed("1 day")
    with begun() as t:
        t.type("screen boards mine")
        t.key("Enter")
        t.wait_for(f"job {job} .sql. failed: the moon")
        t.wait_for("4,000")
        others("set write on", "sql ALTER TABLE ops.jobs RENAME TO jobs_away")
        try:
            t.wait_for("4,001")
            others("set write on", "sql CREATE TABLE ops.jobs_away_too ()")
            t.wait_for("4,002")                    # so the refresh before has ended
            t.key("v")
            t.wait_for(rf"job_failed +job {job} ")
        finally:
            others("set write on", "sql ALTER TABLE ops.jobs_away RENAME TO jobs", "sql DROP TABLE IF EXISTS ops.jobs_away_too")
    others("set write on", f"sql DELETE FROM ops.jobs WHERE id = {job}")
    os.unlink(os.path.join(CONFIG, "mine.json"))


def a_tenant_sees_no_marks_of_others():
    others("sample load --channels 4 --days 20 --seed 5")
    write("mine", {"name": "mine", "title": "Mine", "every": "1h", "panels": [
        {"kind": "line", "title": "Views", "query": "views_gained by day last 7 days", "events": ["job_failed"], "height": 3}]})
    job = a_job_that_failed("2 days")
    user = others("sql SELECT u.user_id FROM analytics.dim_user AS u JOIN analytics.fact_video_performance AS f USING (user_key) LIMIT 1")
    with begun() as t:
        t.type("screen boards mine")
        t.key("Enter")
        t.wait_for(f"job {job} .sql. failed: the moon")
        t.key("u")
        t.type(user)
        t.key("Enter")
        t.wait_for(r" Mine · .*" + user[:8])
        t.wait_for("k ┤|M ┤|0 ┤")
        t.wait_gone("failed: the moon")
    others("set write on", f"sql DELETE FROM ops.jobs WHERE id = {job}")
    os.unlink(os.path.join(CONFIG, "mine.json"))


def until(condition, words):
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, "never: " + words
        time.sleep(0.05)


def a_board_that_was_asked_for_twice_stays_shown():
    """The first key waits for a panel whose server is stopped; the second shows the board, and the first loses its turn."""
    others("cache warm executive_dashboard")
    write("mine", {"name": "mine", "title": "Mine", "every": "1h",
                   "panels": [{"kind": "stat", "title": "Channels", "key": "analytics:executive:active_channels"}]})
    holds = subprocess.Popen([PROGRAM, *BESIDE, "--exec", "set write on", "--exec", "sql BEGIN", "--exec", "sql LOCK ops.schedules",
                              "--exec", "sql SELECT pg_sleep(600) AS holding"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
    stopped = None
    try:
        until(lambda: others("sql SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%AS holding%' AND pid <> pg_backend_pid()") != "0",
              "the table is locked")
        with begun() as t:
            t.type("screen boards mine")
            t.key("Enter")
            t.wait_for("Channels")
            t.key("M-3")
            waits = "sql SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%last_job%'"
            until(lambda: others(waits) != "", "the panel waits")
            stopped = int(others(waits))
            os.kill(stopped, signal.SIGSTOP)
            t.key("M-2", "M-2")
            t.wait_for("Channels")
            warmed(4001)
            t.wait_for("4,001")
            os.kill(stopped, signal.SIGCONT)
            until(lambda: others(f"sql SELECT count(*) FROM pg_stat_activity WHERE pid = {stopped}") == "0", "the screen has ended")
            stopped = None
            warmed(4002)
            t.wait_for("4,002")
    finally:
        if stopped is not None:
            os.kill(stopped, signal.SIGCONT)
        holds.kill()
        holds.wait()
    os.unlink(os.path.join(CONFIG, "mine.json"))


def what_was_lost_while_a_board_was_not_shown_is_asked_when_it_is():
    """Which of its panels were told of while Redis was away, nobody knows: all are asked, also those without an alert."""
    write("mine", {"name": "mine", "title": "Mine", "every": "1h", "panels": [
        {"kind": "stat", "title": "Counted", "command": "sql SELECT 4000 + count(*) AS n FROM ops.jobs WHERE error = 'lost'"},
        {"kind": "stat", "title": "Watched", "key": "analytics:executive:active_channels",
         "alert": {"when": "active_channels > 5000", "show": "too many"}}]})
    others("cache warm executive_dashboard")
    with begun() as t:
        t.type("screen boards mine")
        t.key("Enter")
        t.wait_for("4,000")
        t.key("M-1")
        t.wait_gone("Counted")
        redis("SHUTDOWN", "NOSAVE")
        t.wait_for("redis ✗")
        others("local up")
        job = others("set write on", "sql INSERT INTO ops.jobs (kind, command, state, error, finished_at) VALUES "
                     "('sql', 'videos', 'discarded', 'lost', now()) RETURNING id")

        def is_heard():
            warmed(5001)
            return t.has("alert: too many")

        until(is_heard, "the console listens again")
        t.key("M-2")
        t.wait_for("5,001")
        t.wait_for("4,001")
    others("set write on", f"sql DELETE FROM ops.jobs WHERE id = {job}")
    os.unlink(os.path.join(CONFIG, "mine.json"))


CASES = [
    a_board_shows_its_panels_and_a_key_that_others_warm,
    a_panel_is_zoomed_opened_and_left,
    the_time_range_and_the_rate_are_changed,
    a_file_that_is_written_is_shown_and_a_broken_one_told,
    its_file_is_edited_on_the_terminal_and_read_again,
    without_redis_a_board_asks_postgresql_and_heals,
    a_small_screen_scrolls_by_the_chosen_panel,
    what_was_shown_is_stepped_back_through,
    events_on_the_time_axes_are_listed_and_opened,
    a_mark_stays_while_events_cannot_be_asked_for,
    a_tenant_sees_no_marks_of_others,
    an_alert_is_told_on_whatever_screen_and_once,
    a_board_is_as_it_was_left,
    a_board_that_was_asked_for_twice_stays_shown,
    what_was_lost_while_a_board_was_not_shown_is_asked_when_it_is,
]
