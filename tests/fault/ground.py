"""The private servers, databases on them, and what is asked of them while they come and go."""
import glob
import json
import os
import signal
import subprocess
import time

PROGRAM = os.environ["YTEMPIRE"]
PSQL = next(iter(sorted(glob.glob("/usr/lib/postgresql/*/bin/psql"))), "psql")
PATIENCE = 180                      # seconds until a condition that does not come is a finding


class Finding(Exception):
    """Something that must not be."""


def run(*command, **more):
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", **more)


def eventually(what, condition, patience=PATIENCE):
    """Waits until the condition holds, and yields what it gave."""
    end, pause = time.monotonic() + patience, 0.005
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise Finding("it never came that %s" % what)
        time.sleep(pause)
        pause = min(0.2, pause * 1.5)


def is_alive(pid):
    """Not a process that has ended and was not waited for."""
    try:
        with open("/proc/%d/stat" % pid) as file:
            return file.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except (OSError, IndexError):
        return False


class Servers:
    """One program at a time starts them: `local up` holds a lock and is idempotent."""

    def __init__(self):
        self.up()
        found = self.status()
        self.address = found["PostgreSQL"]["address"]
        self.redis = found["Redis"]["address"]

    @staticmethod
    def up():
        done = run(PROGRAM, "--local", "--exec", "local up")
        if done.returncode != 0:
            raise Finding("the servers do not start: %s" % done.stderr)

    @staticmethod
    def status():
        done = run(PROGRAM, "--format", "json", "--local", "--exec", "local status")
        return {row["server"]: row for row in json.loads(done.stdout)}

    def end(self, server, number):
        """Signals a server and waits until it is gone."""
        pid = self.status()[server]["pid"]
        if pid is None:
            return
        os.kill(pid, number)
        eventually("%s ends" % server, lambda: not is_alive(pid))

    def restart_postgres(self, mode):
        self.end("PostgreSQL", signal.SIGQUIT if mode == "immediate" else signal.SIGINT)
        self.up()

    def dsn(self, database, worker=None):
        """Of a database; with the number of a worker, which the triggers of `watch` read."""
        words = [word for word in self.address.split() if not word.startswith("dbname=")] + ["dbname=" + database]
        return " ".join(words + (["options='-c fault.worker=%s'" % worker] if worker else []))


class Database:
    def __init__(self, servers, name, template=None):
        self.servers, self.name = servers, name
        Database.admin(servers, "DROP DATABASE IF EXISTS %s WITH (FORCE)" % name)
        Database.admin(servers, "CREATE DATABASE %s%s" % (name, " TEMPLATE " + template.name if template else ""))

    @staticmethod
    def admin(servers, sql):
        """TimescaleDB's own workers come back into a template now and then."""
        end = time.monotonic() + PATIENCE
        while True:
            done = run(PSQL, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", sql, servers.dsn("postgres"))
            if done.returncode == 0:
                return
            if "is being accessed by other users" not in done.stderr or time.monotonic() > end:
                raise Finding("%s: %s" % (sql, done.stderr))
            time.sleep(0.05)

    def drop(self):
        Database.admin(self.servers, "DROP DATABASE IF EXISTS %s WITH (FORCE)" % self.name)

    def rows(self, sql):
        """Rows as lists of text; waits for a server that is on its way back, and asks again what it cut off."""
        end = time.monotonic() + PATIENCE
        while True:
            done = run(PSQL, "-X", "-q", "-A", "-t", "-F", "\x1f", "-R", "\x1e", "-v", "ON_ERROR_STOP=1", "-c", sql,
                       self.servers.dsn(self.name))
            if done.returncode == 0:
                text = done.stdout.removesuffix("\n")
                return [line.split("\x1f") for line in text.split("\x1e")] if text else []
            if done.returncode != 2 and "terminating connection" not in done.stderr:
                raise Finding("%s: %s" % (sql, done.stderr))
            if time.monotonic() > end:
                raise Finding("the server does not come back: %s" % done.stderr)
            time.sleep(0.05)

    def script(self, path):
        done = run(PSQL, "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", path, self.servers.dsn(self.name))
        if done.returncode != 0:
            raise Finding("%s: %s" % (path, done.stderr))

    def value(self, sql):
        rows = self.rows(sql)
        return rows[0][0] if rows else None

    def program(self, *commands):
        """The program on this database, as a person would: its process."""
        words = [word for command in commands for word in ("--exec", command)]
        return run(PROGRAM, "--dsn", self.servers.dsn(self.name), "--redis", self.servers.redis, "--yes", "--quiet",
                   "--format", "json", *words)
