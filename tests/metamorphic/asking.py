"""The program that answers (asker.c), and the answers."""
import json
import subprocess
from decimal import Decimal


class Refused(Exception):
    """The query is not one that can be asked: said with a code, before the server sees it."""


class Broken(Exception):
    """The server refused the statement, or the program ended: always a finding."""


class Answer:
    def __init__(self, found):
        self.names = [column[0] for column in found["columns"]]
        self.roles = [column[1] for column in found["columns"]]
        self.rows = found["rows"]
        self.source, self.line, self.json, self.sql = found["source"], found["line"], found["json"], found["sql"]
        self.kind = next((i for i, name in enumerate(self.names)
                          if name in ("kind", "row_kind") and self.roles[i] == "none"), None)
        self.times = [i for i, role in enumerate(self.roles) if role == "time"]
        self.keys = [i for i, role in enumerate(self.roles) if role != "measure"]
        self.measures = [i for i, role in enumerate(self.roles) if role == "measure"]

    def column(self, name):
        return self.names.index(name)

    def key(self, row):
        return tuple(row[i] for i in self.keys)

    def time(self, row):
        return tuple(row[i] for i in self.times)

    def is_total(self, row):
        return self.kind is not None and row[self.kind] == "total"

    def values(self, row):
        return tuple(number(row[i]) for i in self.measures)

    def pairs(self):
        return [(self.key(row), self.values(row)) for row in self.rows]


def number(text):
    try:
        return None if text is None else Decimal(text)
    except ArithmeticError:
        return text


class Asker:
    def __init__(self, program, dsn, folder, clock):
        self.process = subprocess.Popen([program, dsn, folder, clock], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, encoding="utf-8")
        self.asked = 0
        self.sql("SET statement_timeout = '300s'")          # else nobody learns which query it is that does not end
        self.sources = {}

    def request(self, *parts):
        try:
            self.process.stdin.write("\t".join(parts) + "\n")
            self.process.stdin.flush()
            line = self.process.stdout.readline()
        except BrokenPipeError:
            line = ""
        if not line:
            raise SystemExit("the program that answers has ended with %s at: %s" % (self.process.wait(), parts))
        found = json.loads(line)
        if "error" in found:
            raise (Broken if found["server"] else Refused)(found["error"])
        return found

    def ask(self, text, rollups=True):
        self.asked += 1
        answer = Answer(self.request("ask", "rollups" if rollups else "facts", text))
        if rollups:
            source = "rollup" if "rollup" in (answer.source or "") else "facts"
            self.sources[source] = self.sources.get(source, 0) + 1
        return answer

    def sql(self, text):
        return self.request("sql", " ".join(text.split())).get("rows")

    def close(self):
        self.process.stdin.close()
        self.process.wait()
