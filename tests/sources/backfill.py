"""backfill: days that lie back, in windows that workers take."""
import os
import subprocess

import place as ground
import youtube_data
import youtube_world
from api_server import ApiServer
from place import same
from youtube_analytics import METRICS, World, load, place

CASES = []
BACKFILL = "backfill %s youtube-analytics from 2026-02-20 to 2026-03-20 base=%s/v2 token_url=%s/token pause=1 timeout=5"


def case(function):
    CASES.append(function)
    return function


def backfill(made, server, options="--window 7"):
    return made.run(BACKFILL % (options, server.base, server.base), more=("--format", "tsv", "--no-header"))


def worker(made):
    return subprocess.Popen([ground.PROGRAM, "--worker", "--dsn", made.dsn, "--slots", "4", "--http-port", "off"],
                            env={**ground.os.environ, **made.secrets}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)


@case
def backfill_says_what_it_takes_and_puts_each_window_once():
    made, world = place(2), World()
    with ApiServer(world.answer) as server:
        out, _ = made.run(BACKFILL % ("--forecast --window 7", server.base, server.base), more=("--format", "tsv", "--no-header"))
        same([line.split("\t") for line in out.splitlines()],
             [["2026-03-20", "2026-03-20", "planned", "\\N", "8"], ["2026-03-13", "2026-03-19", "planned", "\\N", "8"],
              ["2026-03-06", "2026-03-12", "planned", "\\N", "8"], ["2026-02-27", "2026-03-05", "planned", "\\N", "8"],
              ["2026-02-20", "2026-02-26", "planned", "\\N", "8"]], "windows")
        same(made.psql("SELECT count(*) FROM ops.jobs"), "0", "jobs")
        out, _ = backfill(made, server, "--window 7 --oldest-first")
        same([line.split("\t")[0] for line in out.splitlines()],
             ["2026-02-20", "2026-02-27", "2026-03-06", "2026-03-13", "2026-03-20"], "the oldest first")
        out, _ = backfill(made, server)
        same([line.split("\t")[2] for line in out.splitlines()], ["waiting"] * 5, "asked again")
    same(made.psql("SELECT count(*) FROM ops.jobs WHERE state = 'available' AND priority = 10"), "5", "jobs")


@case
def backfill_forecasts_days_of_quota():
    made, world = place(2), World()
    made.psql("INSERT INTO ops.quota_prices VALUES ('youtube-analytics', 'reports.query', 'youtube', 5);"
              "INSERT INTO ops.quota_buckets VALUES ('default', 'youtube', 110, 10)")
    with ApiServer(world.answer) as server:
        done = subprocess.run([ground.PROGRAM, "--dsn", made.dsn, "--exec",
                               BACKFILL % ("--forecast --window 7", server.base, server.base)], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, env={**ground.os.environ, **made.secrets})
    told = done.stdout + done.stderr
    assert "5 of 5 windows are to be loaded: about 40 calls, 200 units of 'youtube' (2 days of quota)" in told, told
    assert "when it ends is not known" in told, told


@case
def windows_side_by_side_and_a_worker_that_dies_end_as_one_load_does():
    made, whole, world = place(2), place(2), World()
    with ApiServer(world.answer) as server:
        load(whole, server, more=" from=2026-02-20 to=2026-03-20")
        backfill(made, server)
        made.run("queue limit youtube-analytics 3")
        server.forget()
        first = worker(made)
        try:
            ground.servers.eventually("some are done", lambda: made.psql(
                "SELECT count(*) FROM ops.jobs WHERE state IN ('completed', 'running')") > "1")
        finally:
            first.kill()
            first.wait()
        made.psql("UPDATE ops.jobs SET lease_until = now() WHERE state = 'running'")       # else it is waited for
        second = worker(made)
        try:
            ground.servers.eventually("all have ended", lambda: made.psql(
                "SELECT count(*) FROM ops.jobs WHERE kind = 'ingest' AND state NOT IN ('completed', 'discarded')") == "0")
            same(made.rows("SELECT state, error FROM ops.jobs WHERE kind = 'ingest'"), [("completed", "")] * 5, "jobs")
        finally:
            second.terminate()
            second.wait()
        out, _ = backfill(made, server)
        same([line.split("\t")[2] for line in out.splitlines()], ["done"] * 5, "asked again")
    same(made.psql(METRICS), whole.psql(METRICS), "the warehouse")


@case
def a_worker_parks_a_job_at_an_empty_quota_until_the_pacific_reset():
    made, world, wanted = youtube_data.place(), youtube_world.World(2, 60), youtube_data.undisturbed()
    parked = "SELECT state FROM ops.jobs"
    with ApiServer(world.answer) as server:
        made.run("quota limit youtube 6", "quota reserve youtube 0",
                 "ingest youtube-data base=%s pause=1 timeout=5 --detach" % server.base)
        crew = worker(made)
        try:
            ground.servers.eventually("it is parked", lambda: made.psql(parked) == "scheduled")
            same(made.rows("SELECT j.error_class, j.attempt - j.uncounted, j.quota, j.finished_at IS NULL, "
                           "j.run_at = ops.quota_resets_at(a.started_at) FROM ops.jobs AS j JOIN ops.job_attempts AS a ON a.job_id = j.id"), [("quota", "0", "6", "t", "t")], "the job")
            (why,) = made.json("job why 1")
            assert why["why"].startswith("the quota is empty until 00:00 Pacific, in "), why
            same(len(server.asked), 6, "requests")
            # the reset: a day goes by for the ledger and the queue
            made.psql("UPDATE ops.quota_spent SET day = day - 1; UPDATE ops.jobs SET run_at = now()")
            ground.servers.eventually("it is done", lambda: made.psql(parked) == "completed")
        finally:
            crew.terminate()
            crew.wait()
        same(made.rows("SELECT attempt, outcome, error_class, quota FROM ops.job_attempts ORDER BY attempt"),
             [("1", "failed", "quota", "6"), ("2", "completed", "", "6")], "attempts")
        same(made.psql("SELECT max(units) FROM ops.quota_spent"), "6", "never more than there is")
    same(youtube_data.warehouse(made), wanted, "the warehouse")


@case
def a_schedule_in_the_file_of_a_source_is_listed_and_kept():
    made, world, wanted = youtube_data.place(), youtube_world.World(2, 60), youtube_data.undisturbed()
    folder = os.path.join(os.environ["XDG_CONFIG_HOME"], "ytempire/queries/sources")
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "youtube-data.json")

    def say(cron, more=""):
        with open(path, "w") as file:
            file.write('{"kind": "api", "schedule": {"cron": "%s", "tz": "America/Los_Angeles"%s},\n "settings": {"base": "%s"}}' %
                       (cron, more, server.base))

    def listed():
        return [(row["name"], row["cron"], row["command"], row["tz"], row["enabled"]) for row in made.json("schedules")
                if row["name"].startswith("source:")]
    made.psql("UPDATE ops.schedules SET enabled = false")
    with ApiServer(world.answer) as server:
        say("0 3 * * *")
        crew = worker(made)
        try:
            ground.servers.eventually("it is listed", lambda: listed() == [
                ("source:youtube-data", "0 3 * * *", "ingest youtube-data", "America/Los_Angeles", True)])
            made.psql("UPDATE ops.schedules SET next_run = now() WHERE name = 'source:youtube-data'")      # it is three o'clock
            ground.servers.eventually("it is loaded", lambda: made.psql(
                "SELECT state FROM ops.jobs WHERE schedule = 'source:youtube-data'") == "completed")
            same(youtube_data.warehouse(made), wanted, "the warehouse")
            made.run("schedule pause source:youtube-data")
            say("30 4 * * *")
            ground.servers.eventually("it has changed", lambda: listed() == [
                ("source:youtube-data", "30 4 * * *", "ingest youtube-data", "America/Los_Angeles", False)])
            say("30 4 * *")
            _, err = made.run("ingest youtube-data", code=2)
            assert "a broken source: " in err, err
            same(len(listed()), 1, "schedules of a file that is broken")
            os.remove(path)
            ground.servers.eventually("it is gone", lambda: listed() == [])
        finally:
            crew.terminate()
            crew.wait()
            if os.path.exists(path):
                os.remove(path)


@case
def a_source_without_days_and_days_that_are_none_are_refused():
    made = place(1)
    _, err = made.run("backfill youtube-data from 2026-01-01 to 2026-01-31", code=2)
    assert "there are no days to choose" in err, err
    _, err = made.run("backfill youtube-analytics from 2026-02-01 to 2026-01-31", code=2)
    assert "the days from 2026-02-01 to 2026-01-31 are none" in err, err
    _, err = made.run("backfill youtube-analytics from 2026-02-30 to 2026-03-31", code=2)
    assert "from takes a day, as 2026-01-31" in err, err
    _, err = made.run("backfill youtube-analytics from yesterday to 2026-03-31", code=2)
    assert "from takes a day" in err, err
    same(made.psql("SELECT count(*) FROM ops.jobs"), "0", "jobs")

