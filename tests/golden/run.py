#!/usr/bin/env python3
"""TAP: every question of oracle.py asked of the program, on the trending files; run under tests/with-servers.

Loads the files first (a refused row is no failure: the files have some), then compares each answer as same.py does.
"""
import csv
import io
import json
import os
import subprocess
import sys

import oracle
import same
import trending
import warehouse as stored

PROGRAM = os.environ["YTEMPIRE"]


def ytempire(*options, command):
    return subprocess.run([PROGRAM, "--local", *options, "--exec", command], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, encoding="utf-8")


def quoted(path):
    return "'" + path.replace("'", "''") + "'"


def text_of(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else value


def load():
    files = [os.path.join(trending.folder(), name) for name in trending.FILES]
    done = ytempire(command="ingest trending " + " ".join(map(quoted, files)))
    if done.returncode not in (0, 4):
        return "ingest ended with %d: %s" % (done.returncode, done.stderr)
    return None


def difference(name, warehouse):
    line, header, answer = oracle.QUESTIONS[name]
    expected = [header] + [[oracle.text_of(v) for v in row] for row in answer(warehouse)]
    done = ytempire("--format", "json", command=line)
    if done.returncode != 0:
        return "%s\nended with %d: %s" % (line, done.returncode, done.stderr)
    rows = json.loads(done.stdout, parse_int=str, parse_float=str)
    problem = same.compare(expected, [list(rows[0])] + [list(map(text_of, row.values())) for row in rows] if rows else [])
    return problem and "%s\n%s" % (line, problem)


def rows_of(sql):
    done = ytempire("--format", "csv", "--no-header", command="sql " + sql)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return csv.reader(io.StringIO(done.stdout, newline=""))


def main():
    if not os.path.isdir(trending.folder()):
        print("1..1\nok 1 - the trending files # SKIP they are not beside the checkout")
        return 0
    loaded, warehouse, bad = load(), trending.Warehouse(), 0
    cases = [("the files are loaded", lambda name: loaded)]
    cases += [("stored: " + table, lambda name: stored.difference(name[8:], warehouse, rows_of)) for table in stored.TABLES]
    cases += [(name, lambda name: difference(name, warehouse)) for name in oracle.QUESTIONS]
    print("1..%d" % len(cases), flush=True)
    for number, (name, look) in enumerate(cases, 1):
        problem = look(name)
        print("%s %d - %s" % ("not ok" if problem else "ok", number, name.replace("_", " ")), flush=True)
        if problem:
            bad += 1
            print("\n".join("# " + text for text in problem.splitlines()), flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
