"""The console where nothing is configured: each case has a home of its own, so that it is a first run."""
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import tempfile

from terminal import PROGRAM, Terminal

SERVER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "server.sh")
SLOW = 600          # seconds, for making a cluster and loading the company; never a measure
OTHERS = "; my own\n[mart]\nformat = csv   ; for sheets\n"


class Home:
    """A home that nothing was put into; what was started in it is stopped."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="ytempire-first.", dir="/tmp")
        os.chmod(self.folder, 0o755)
        self.environment = {"HOME": self.folder, **{"XDG_%s_HOME" % name: os.path.join(self.folder, name.lower())
                                                   for name in ("DATA", "CONFIG", "STATE")}}

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        local = os.path.realpath(self.path("data/ytempire/local"))
        if self.is_made():
            subprocess.run([PROGRAM, "--local", "--exec", "local down"], env={**os.environ, **self.environment},
                           stdin=subprocess.DEVNULL, capture_output=True)
        shutil.rmtree(self.folder, ignore_errors=True)
        if local.startswith("/tmp/ytempire"):
            shutil.rmtree(local, ignore_errors=True)

    def path(self, name):
        return os.path.join(self.folder, name)

    def is_made(self):
        return os.path.lexists(self.path("data/ytempire/local"))

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as text:
            return text.read()

    def put(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w", encoding="utf-8") as out:
            out.write(text)

    def mode(self, name):
        return stat.S_IMODE(os.stat(self.path(name)).st_mode)

    def terminal(self, rows=24, columns=100):
        return Terminal(rows, columns, environment=self.environment)


class Server:
    """A PostgreSQL that wants a password of ann, in whose name there may be signs of every kind."""

    password = "s:e\\c r\u00e9t"

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="ytempire-pg.", dir="/tmp")
        os.chmod(self.folder, 0o755)
        preload = os.environ.get("YTEMPIRE_TEST_STORAGE", "").replace("native", "")      # what `migrate up` is told to use
        started = subprocess.run([SERVER, "start", self.folder], capture_output=True, text=True, stdin=subprocess.DEVNULL,
                                 env=os.environ | {"YTEMPIRE_TEST_PRELOAD": preload})
        assert started.returncode == 0, started.stderr
        self.dsn = started.stdout.strip()
        self.sql("CREATE ROLE ann SUPERUSER LOGIN PASSWORD $$%s$$" % self.password)
        self.sql("CREATE DATABASE shop OWNER ann")
        with open(os.path.join(self.folder, "data", "pg_hba.conf"), "w") as out:
            out.write("local all postgres trust\nlocal all all scram-sha-256\n")
        self.sql("SELECT pg_reload_conf()")
        return self

    def __exit__(self, *exception):
        subprocess.run([SERVER, "stop", self.folder], capture_output=True, stdin=subprocess.DEVNULL)

    def refusals(self):
        """How often a password was wrong."""
        with open(os.path.join(self.folder, "data", "server.log"), encoding="utf-8", errors="replace") as log:
            return log.read().count("password authentication failed")

    def sql(self, text):
        done = subprocess.run([PROGRAM, self.dsn, "--file", "-"], input="set write on\nsql %s\n" % text,
                              capture_output=True, text=True, encoding="utf-8")
        assert done.returncode == 0, done.stderr


class Redis:
    """A Redis that wants a password."""

    password = "hush"

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="ytempire-redis.", dir="/tmp")
        self.socket = os.path.join(self.folder, "s")
        self.server = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", self.socket, "--requirepass", self.password, "--save", "",
             "--dir", self.folder], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        return self

    def __exit__(self, *exception):
        self.server.terminate()
        self.server.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def refusals(self):
        """How often a password was wrong."""
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(self.socket)
            line.sendall(b"AUTH %s\r\nINFO errorstats\r\nQUIT\r\n" % self.password.encode())
            with line.makefile("rb") as answer:
                found = re.search(rb"errorstat_WRONGPASS:count=(\d+)", answer.read())
        return int(found[1]) if found else 0


def first_run(t):
    t.start()
    t.wait_for("Esc closes")
    return t.wait_for(r">1 +private database")


def leave(t):
    t.type(":")
    t.key("C-c")
    t.type("quit")
    t.key("Enter")
    t.wait(lambda text: t.state("alternate_on") == "0" and t.pid() is None, "the program leaves")


def open_form(t):
    first_run(t)
    t.type("3")
    t.wait_for(r">3 +connect")
    t.key("Enter")
    t.wait_for("connect to Postgre")


def fill(t, host, port="5432", database="", user="", password="", redis=""):
    """From the first field on, up to the profile's."""
    for value in (host, port, database, user, password, redis):
        t.key("C-u")
        t.type(value)
        t.key("Tab")


def goes_to(t, server, database):
    fill(t, server.folder, database=database, user="postgres")
    t.wait_for("keeps it and goes there")
    t.key("Enter")


# -- the screen ----------------------------------------------------------------------------------------------------------


def a_first_run_offers_three_ways_at_every_size():
    for rows, columns in ((24, 80), (10, 40), (50, 200)):
        with Home() as home, home.terminal(rows, columns) as t:
            first_run(t)
            text = t.settled()
            assert "answers questions about" in text and "which" in text, text
            assert re.search(r"2 +private database, empty", text) and re.search(r"3 +connect to a server", text), text
            assert "reconnecting" not in text, text
            t.key("Escape")
            t.wait_gone("Esc closes")
            leave(t)


def leaving_the_first_run_starts_nothing():
    with Home() as home, home.terminal() as t:
        first_run(t)
        assert not home.is_made()
        t.key("Escape")
        t.wait_gone("Esc closes")
        assert t.has(r"^ 1 Query .* pg – no database is chosen: 'connect' chooses one$"), t.text()
        for question in ("total_views by month", "sql SELECT 1 AS x", "sample load", "migrate up"):
            t.type(question)
            t.key("Enter")
            t.wait_for(r"┌ %s[^│]*│error: no database is chosen +│" % question)
            t.wait_for(r"│hint: 'connect' leads to a server of yours, 'local up' starts a private database")
        assert t.has("pg – no database is chosen") and not home.is_made(), t.text()
        leave(t)
        assert not home.is_made()


def a_private_database_is_chosen_by_starting_it():
    with Home() as home, home.terminal() as t:
        first_run(t)
        t.key("Escape")
        t.wait_gone("Esc closes")
        t.type("local up")
        t.key("Enter")
        t.wait_for(r"┌ local up", SLOW)
        t.wait_for(r"local · all users .*pg ● ")
        t.type("sql SELECT 'there' AS x")
        t.key("Enter")
        t.wait_for(r"│.there", SLOW)
        leave(t)


def a_private_database_that_is_there_is_no_first_run():
    with Terminal(24, 100) as t:
        t.start()
        t.wait_for(r"pg ● ")
        assert "welcome" not in t.settled()
        leave(t)


def with_sample_data_the_tour_goes_through_five_questions():
    with Home() as home, home.terminal() as t:
        first_run(t)
        t.key("Enter")
        t.wait_for(r"running .* · .*(\d+ %|rows).* Ctrl-C cancels", SLOW)
        t.wait_for(r"^ 1/5 measures by a dimension.*n or Enter: next, Esc: end", SLOW)
        t.wait_for(r"┌ total_views.*10 rows")
        t.key("n")
        t.wait_for(r"^ 2/5 a counter that only grows")
        t.wait_for(r"┌ views_gained")
        t.key("Enter")
        t.wait_for(r"^ 3/5 measures of several facts")
        t.key("n")
        t.wait_for(r"^ 4/5 a line that begins with")
        t.key("n")
        t.wait_for(r"^ 5/5 how a question is understood.*done")
        t.key("n")
        t.wait_for("that was the tour")
        t.wait_gone(r"^ \d/5 ")
        leave(t)


def a_console_keeps_a_worker_beside_its_servers():
    with Home() as home:
        environment = {**os.environ, **home.environment}

        def worker():
            rows = subprocess.run([PROGRAM, "--local", "--format", "csv", "--exec", "local status"], env=environment,
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True).stdout
            return next(row for row in rows.splitlines() if row.startswith("worker,"))

        subprocess.run([PROGRAM, "--local", "--exec", "local up"], env=environment, stdin=subprocess.DEVNULL,
                       capture_output=True, check=True)
        assert worker().startswith("worker,down,"), worker()
        with Terminal(24, 100, environment={**home.environment, "YTEMPIRE_TEST_WORKER": "on"}) as t:
            t.start()
            t.wait_for(r"pg ● ", SLOW)
            t.type("sql SELECT 'there' AS x")
            t.key("Enter")
            t.wait_for(r"│.there", SLOW)
            leave(t)
        assert worker().startswith("worker,up,"), worker()          # it outlives the console


def an_empty_warehouse_is_said_to_be_empty():
    with Home() as home, home.terminal() as t:
        first_run(t)
        t.type("2")
        t.wait_for(r">2 ")
        t.key("Enter")
        t.wait_for(r"┌ local up", SLOW)
        t.wait_for(r"pg ● ")
        t.type("tour")
        t.key("Enter")
        t.wait_for(r"^ 1/5 no rows: the warehouse is empty; 'sample load' fills it", SLOW)
        t.key("n")
        t.wait_for(r"^ 2/5 no rows: the warehouse is empty")
        t.key("Escape")
        t.wait_for("that was the tour")
        leave(t)


# -- the form ------------------------------------------------------------------------------------------------------------


def nobody_there_is_said_in_the_servers_words():
    for rows, columns in ((24, 100), (10, 40)):
        with Home() as home, home.terminal(rows, columns) as t:
            open_form(t)
            fill(t, "127.0.0.1", port="1")
            t.wait_for("refused")
            t.key("Enter")
            t.wait_for("refused")
            t.key("Tab", "Tab", "C-u")
            t.type("99999")
            t.wait_for("a port is a number")
            t.key("Escape")
            first = t.wait_for(r">1 +private database")
            assert "welcome" in first
            t.key("Escape")
            leave(t)
            assert not home.is_made() and not os.path.exists(home.path("config/ytempire/config.ini"))


def a_wrong_password_is_refused_and_the_right_one_goes_there():
    with Home() as home, Server() as server, home.terminal() as t:
        home.put("config/ytempire/config.ini", OTHERS)
        open_form(t)
        fill(t, server.folder, database="shop", user="ann", password="wro")
        t.wait_for("Enter tries it: a password is not sent while you type")
        t.settled()
        t.key("BTab", "BTab")
        t.type("ng")
        t.wait_for("password +•••••")
        t.settled()
        t.key("Tab", "Tab", "Tab")
        t.type("x")
        t.wait_for("host +.*x ")
        t.settled()
        assert server.refusals() == 0
        t.key("BSpace", "Enter")
        t.wait_for('password authentication failed for user "ann"')
        assert server.refusals() == 1
        t.key("BTab", "BTab", "BTab")
        t.key("C-u")
        t.wait_for("no password supplied")
        t.type(server.password)
        t.wait_for("password +•••••••••")
        t.wait_for("Enter tries it")
        assert home.read("config/ytempire/config.ini") == OTHERS
        t.key("Enter")
        t.wait_for("Keep the password in ~/.pgpass")
        assert server.refusals() == 1 and home.read("config/ytempire/config.ini") == OTHERS
        t.key("n")
        t.wait_for("'migrate up' brings its schema up")
        t.wait_for(r"^ 1 Query .*default · all users .*pg ● ")
        t.type("sql SELECT current_user AS who, current_database() AS at")
        t.key("Enter")
        t.wait_for("ann +.*shop")
        leave(t)
        config = home.read("config/ytempire/config.ini")
        assert config.startswith(OTHERS + "\n[default]\ndsn = postgresql://ann@%2Ftmp%2F"), config
        assert config.endswith(":5432/shop\n") and home.mode("config/ytempire/config.ini") == 0o600, config
        assert not os.path.exists(home.path(".pgpass")) and not home.is_made()
        for folder, _, names in os.walk(home.folder):
            for name in names:
                with open(os.path.join(folder, name), "rb") as kept:
                    assert server.password.encode() not in kept.read(), name


def a_password_that_may_be_kept_is_found_by_the_next_session():
    with Home() as home, Server() as server, home.terminal() as t:
        open_form(t)
        fill(t, server.folder, database="shop", user="ann", password=server.password)
        t.key("Enter")                  # before it was tried: goes on when it works
        t.wait_for("Keep the password in ~/.pgpass")
        t.key("y")
        t.wait_for("'migrate up' brings its schema up")
        t.type("migrate up")
        t.key("Enter")
        t.wait_for(r"┌ migrate up.* rows? ·", SLOW)
        leave(t)
        assert home.mode(".pgpass") == 0o600
        assert home.read(".pgpass").endswith(":5432:shop:ann:s\\:e\\\\c r\u00e9t\n"), home.read(".pgpass")
        t.start()
        t.wait_for(r"^ 1 Query .*pg ● ")
        assert "welcome" not in t.settled()
        t.type("connect")
        t.key("Enter")
        t.wait_for("connect to Postgre")
        fill(t, server.folder, database="shop", user="ann")
        t.wait_for(r"connected: PostgreSQL \d+[.\d]*, schema is current")
        t.key("C-u")
        t.type("shop")
        t.key("Enter")
        t.wait_for("'ytempire --profile shop' comes here")
        leave(t)
        assert re.search(r"^\[default\]\ndsn = .*\n\n\[shop\]\ndsn = ", home.read("config/ytempire/config.ini"))


def redis_is_tried_with_it_and_kept_in_the_profile():
    with Home() as home, Server() as server, Redis() as redis, home.terminal() as t:
        open_form(t)
        fill(t, server.folder, database="shop", user="postgres", redis="unix:%s.none" % redis.socket)
        t.wait_for(r"connected: PostgreSQL [\d.]+, schema is not made: migrate up\. Redis ")
        t.wait_for("at %s.none: No such file" % redis.socket)
        t.key("Enter")
        t.wait_for("trying…|No such file")
        t.wait_for("No such file")
        assert not os.path.exists(home.path("config/ytempire/config.ini"))
        t.key("BTab", "C-u")
        t.wait_for("keeps it and goes there")
        t.type("unix://:wrong@%s" % redis.socket)
        t.wait_for("Enter tries it: a password is not sent while you type")
        t.settled()
        assert redis.refusals() == 0
        t.key("Enter")
        t.wait_for("at %s: it refuses the user or the" % redis.socket)
        assert redis.refusals() == 1
        t.key("C-u")
        t.type("unix://:%s@%s" % (redis.password, redis.socket))
        t.wait_for("Enter tries it")
        t.key("Enter")
        t.wait_for("'migrate up' brings its schema up")
        t.wait_for(r"^ 1 Query .*default · all users .*pg ● .*redis ● ")
        leave(t)
        config = home.read("config/ytempire/config.ini")
        assert config.endswith("/shop\nredis = unix://:%s@%s\n" % (redis.password, redis.socket)), config
        assert home.mode("config/ytempire/config.ini") == 0o600
        t.start()
        t.wait_for(r"^ 1 Query .*pg ● .*redis ● ")
        t.type("connect")
        t.key("Enter")
        t.wait_for("connect to Postgre")
        goes_to(t, server, "shop")
        t.wait_for("'migrate up' brings its schema up")
        t.wait_for(r"^ 1 Query .*pg ● .*redis ● ")
        leave(t)
        assert home.read("config/ytempire/config.ini") == config


def a_profile_with_a_model_of_its_own_is_asked_by_it():
    with Home() as home, Server() as server, home.terminal() as t:
        home.put("model/c.json", '{"cubes": [{"name": "Server", "sql_table": "pg_catalog.pg_class", '
                                 '"measures": {"relations": {"type": "count"}}}]}')
        home.put("config/ytempire/config.ini", "[shop]\nmodel = %s\n" % home.path("model"))
        open_form(t)
        fill(t, server.folder, database="shop", user="postgres")
        t.key("C-u")
        t.type("shop")
        t.key("Enter")
        t.wait_for("'migrate up' brings its schema up")
        t.type("relat")
        t.key("Tab")
        t.wait_for(r"^ ytempire> relations")
        t.key("Enter")
        t.wait_for(r"┌ relations .* 1 row ·")
        leave(t)


def boards_that_stay_open_are_of_the_server_that_one_went_to():
    with Home() as home, Server() as server, home.terminal() as t:
        home.put("config/ytempire/queries/boards/mine.json", '{"name": "mine", "title": "Mine", "every": "1s", "panels": ['
                 '{"kind": "table", "title": "At", "command": "sql SELECT \'at \' || current_database() AS place", '
                 '"alert": {"when": "rows > 0", "show": "there are rows"}}]}')
        open_form(t)
        goes_to(t, server, "shop")
        t.wait_for("'migrate up' brings its schema up")
        t.type("screen boards mine")
        t.key("Enter")
        t.wait_for("at shop")
        t.wait_for(r" alert: there are rows  pg ")
        t.key("M-1")
        t.wait_for(r"1 Query.* alert: there are rows ")
        t.type("connect")
        t.key("Enter")
        t.wait_for("connect to Postgre")
        goes_to(t, server, "postgres")
        t.wait_for("leads elsewhere")
        t.key("y")
        t.wait_for("'migrate up' brings its schema up")
        t.wait_gone("alert: there are rows")
        t.key("M-2")
        t.wait_for("at postgres")
        t.wait_for(r" alert: there are rows  pg ")
        leave(t)


def a_board_that_is_asked_for_while_those_of_the_old_server_close_is_shown():
    """The old server's session is stopped, so that they are waited for; the key comes within that time."""
    with Home() as home, Server() as server, home.terminal() as t:
        home.put("config/ytempire/queries/boards/mine.json", '{"name": "mine", "title": "Mine", "every": "1s", "panels": ['
                 '{"kind": "table", "title": "At", "command": '
                 '"sql SELECT \'at \' || current_database() || \' \' || pg_backend_pid() AS place"},'
                 '{"kind": "table", "title": "Waits", "command": '
                 '"sql SELECT CASE current_database() WHEN \'shop\' THEN pg_sleep(600)::text END AS waits"}]}')
        open_form(t)
        goes_to(t, server, "shop")
        t.wait_for("'migrate up' brings its schema up")
        t.type("screen boards mine")
        t.key("Enter")
        t.wait_for(r"at shop \d+")
        session = int(re.search(r"at shop (\d+)", t.text()).group(1))
        t.key("M-1")
        t.type("connect")
        t.key("Enter")
        t.wait_for("connect to Postgre")
        goes_to(t, server, "postgres")
        t.wait_for("leads elsewhere")
        os.kill(session, signal.SIGSTOP)
        try:
            t.key("y")
            t.wait_for("'migrate up' brings its schema up")
            t.key("M-2")
            t.wait_for(r"at postgres \d+")
        finally:
            os.kill(session, signal.SIGCONT)
        leave(t)


CASES = [
    a_first_run_offers_three_ways_at_every_size,
    leaving_the_first_run_starts_nothing,
    a_private_database_is_chosen_by_starting_it,
    a_private_database_that_is_there_is_no_first_run,
    a_console_keeps_a_worker_beside_its_servers,
    with_sample_data_the_tour_goes_through_five_questions,
    an_empty_warehouse_is_said_to_be_empty,
    nobody_there_is_said_in_the_servers_words,
    a_wrong_password_is_refused_and_the_right_one_goes_there,
    a_password_that_may_be_kept_is_found_by_the_next_session,
    redis_is_tried_with_it_and_kept_in_the_profile,
    a_profile_with_a_model_of_its_own_is_asked_by_it,
    boards_that_stay_open_are_of_the_server_that_one_went_to,
    a_board_that_is_asked_for_while_those_of_the_old_server_close_is_shown,
]
