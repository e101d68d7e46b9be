#!/usr/bin/env python3
"""TAP: the cases of cases/*.sql, each a question and the same answer by hand-written SQL; under tests/with-servers.

cases.py [WORD…]: only the cases whose file or name has one of the words. ASKER names the program of tests/metamorphic
that answers with a clock that stands still; without it the cases that need one fail.

A file is SQL, with comments that say what is asked:

    -- case: NAME
    -- ask: LINE                 or JSON; lines that begin with "--  " go on
    -- with: a=1 or 2 | b=x y    the case once for each choice, {a} and {b} standing for it in all that follows
    -- now: TIME                 the clock
    -- as: EMAIL                 the tenant
    -- format: cube              the answer as the body of Cube's /load
    -- columns: NAME …           the names of the columns
    -- from: TEXT                explain's source begins so
    -- rollup: NAME: CODE …      a rollup line of explain begins so
    -- empty                     the answer has no rows
    -- refused: TEXT             the error, instead of SQL; `-- under: WORD` what it points at, `-- hint: TEXT`
    SELECT …;

Before its first case a file may say `-- given: FILE`: SQL of data/ that changes the data for its cases. Such files come
last, in the order of their names, each on top of those before it. All cases of one state of the data are two processes:
one of the program, one of psql.
"""
import csv
import io
import itertools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from decimal import Decimal
from fractions import Fraction

import same

HERE = os.path.dirname(os.path.abspath(__file__))
CASES = os.path.join(HERE, "cases")
PROGRAM = os.environ["YTEMPIRE"]
NULL = "\\N"
MARK = "### "
KEYS = ("case", "ask", "with", "now", "as", "format", "columns", "from", "rollup", "empty", "refused", "under", "hint",
        "given")
DIVIDED = re.compile(r"(-?\d+(?:\.\d+)?)/(-?\d+(?:\.\d+)?)\Z")


# -- reading

class Case:
    def __init__(self, file):
        self.file, self.said, self.sql = file, {}, []

    def get(self, key):
        return self.said[key][0] if key in self.said else None

    def variants(self):
        """The case itself, or one for each choice of `with`."""
        for pairs in [pairs for binding in self.said.get("with", [""]) for pairs in choices(binding)]:
            case = Case(self.file)
            put = lambda text: fill(text, pairs)
            case.said = {key: [put(text) for text in texts] for key, texts in self.said.items()}
            case.sql = put("\n".join(self.sql)).strip()
            case.name = ": ".join([case.get("case")] + ["%s=%s" % pair for pair in pairs])
            yield case


def choices(binding):
    """"a=1 or 2 | b=x": [(a, 1), (b, x)] and [(a, 2), (b, x)]"""
    parts = [part.split("=", 1) for part in binding.split(" | ")] if binding else []
    return itertools.product(*([(name, value) for value in values.split(" or ")] for name, values in parts))


def fill(text, pairs):
    for name, value in reversed(pairs):             # a value may name one that stands before it
        text = text.replace("{%s}" % name, value)
    return text


def read(name):
    """(what the file is given, its cases)"""
    given, cases, key = None, [], None
    with open(os.path.join(CASES, name), encoding="utf-8") as file:
        for line in file.read().splitlines():
            found = re.match(r"-- (%s)(?:: (.*))?\Z" % "|".join(KEYS), line)
            other = re.match(r"-- ([a-z]+):(?: |\Z)", line)
            if other and other[1] not in KEYS:
                raise SystemExit("%s: '%s' is no key" % (name, other[1]))
            if found:
                key, text = found[1], found[2] or ""
                if key == "given":
                    given = text
                    continue
                if key == "case":
                    cases.append(Case(name))
                cases[-1].said.setdefault(key, []).append(text)
            elif key and line.startswith("--  "):
                cases[-1].said[key][-1] += " " + line[2:].strip()
            else:
                key = None
                if cases and not line.startswith("--"):
                    cases[-1].sql.append(line)
    return given, [variant for case in cases for variant in case.variants()]


# -- the answers of psql

def psql(address, text):
    return subprocess.run(["psql", address, "--no-psqlrc", "--quiet", "--csv", "--file", "-"], input=text,
                          capture_output=True, text=True, encoding="utf-8")


def sections(text):
    """What stands behind each mark."""
    found = {}
    for part in ("\n" + text).split("\n" + MARK)[1:]:
        number, _, rest = part.partition("\n")
        found[int(number)] = rest
    return found


def expect(address, cases):
    script = ["\\i '%s'" % os.path.join(CASES, "data", "words.sql").replace("'", "''"), "\\pset null '\\\\N'"]
    for number, case in enumerate(cases):
        if case.sql:
            script += ["\\echo %s%d" % (MARK, number), "\\warn %s%d" % (MARK, number), case.sql]
    done = psql(address, "\n".join(script) + "\n")
    answers, faults = sections(done.stdout), sections(done.stderr)
    for number, case in enumerate(cases):
        case.expected, case.fault = None, None
        if case.sql:
            case.expected = list(csv.reader(io.StringIO(answers.get(number, ""), newline="")))
            case.fault = faults.get(number, done.stderr).strip() or None


# -- the answers of the program

def cell(value):
    if value is None:
        return NULL
    if isinstance(value, bool):
        return "t" if value else "f"
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if isinstance(value, (list, dict)) else value


def table(found):
    """Header and rows, of `json` and of the three forms of Cube's body."""
    data = found["data"] if isinstance(found, dict) else found
    if isinstance(data, dict):
        columns = data.get("columns")
        rows = data["dataset"] if columns is None else zip(*columns)
        return [data["members"]] + [list(map(cell, row)) for row in rows]
    return ([list(data[0])] if data else []) + [list(map(cell, row.values())) for row in data]


def documents(text):
    decoder, at = json.JSONDecoder(parse_float=str, parse_int=str), 0
    while at < len(text):
        found, at = decoder.raw_decode(text, at)
        yield found
        at = len(text) - len(text[at:].lstrip())


class Failure:
    """An error as it is printed: the message, the text with a mark under the words, the hint."""

    def __init__(self, block):
        lines = block.splitlines()
        self.text, self.under, self.hint, self.block = lines[0], None, None, block
        for before, line in zip(lines, lines[1:]):
            if re.match(r" *\^+\Z", line):
                self.under = before[line.index("^"):len(line)] or "the end"
            elif line.startswith("hint: "):
                self.hint = line[6:]


def failures(text):
    """By the line of the input that failed."""
    found = {}
    for part in re.split(r"^error: ", text, flags=re.M)[1:]:
        place = re.match(r"standard input:(\d+): ", part)
        if place:
            found[int(place[1])] = Failure(part[place.end():])
    return found


def run(folder, options, lines):
    """Of each line its document, or its Failure."""
    program = [PROGRAM, "--local", "--keep-going", "--no-cache", "--model", folder]
    done = subprocess.run([*program, *options, "--file", "-"], input="\n".join(lines) + "\n", capture_output=True,
                          text=True, encoding="utf-8")
    failed = failures(done.stderr)
    answers = documents(done.stdout)
    found = [failed[number] if number in failed else next(answers, None) for number in range(1, len(lines) + 1)]
    if None in found or next(answers, None) is not None:
        raise SystemExit("the program ended with %d, with another number of answers than questions:\n%s"
                         % (done.returncode, done.stderr))
    return found


def answer(folder, cases):
    groups = {}
    for case in cases:
        case.rollups, case.source = [], None
        if case.get("now") is None:
            groups.setdefault((case.get("as"), case.get("format") or "json"), []).append(case)
    for (tenant, form), asked in groups.items():
        lines = []
        for case in asked:
            line = case.get("ask")
            lines += ["query " + line if line.startswith("{") else line]
            lines += ["explain " + line] if "rollup" in case.said or "from" in case.said else []
        found = iter(run(folder, ["--format", form] + (["--as-user", tenant] if tenant else []), lines))
        for case in asked:
            case.found = next(found)
            if "rollup" in case.said or "from" in case.said:
                plan = next(found)
                case.plan = [(row["part"], row["text"]) for row in plan] if isinstance(plan, list) else []


def answer_by_clock(address, folder, cases):
    asked = [case for case in cases if case.get("now") is not None]
    program = os.environ.get("ASKER")
    if not asked or not program:
        return
    lines = []
    for case in asked:
        lines += ["clock\t" + case.get("now"), "ask\tfacts\t" + case.get("ask")]
    done = subprocess.run([program, address, folder, "2000-01-01T00:00:00Z"], input="\n".join(lines) + "\n",
                          capture_output=True, text=True, encoding="utf-8")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    if len(answers) != len(lines):
        raise SystemExit("the program that answers ended with %d: %s" % (done.returncode, done.stderr))
    for case, found in zip(asked, answers[1::2]):
        if "error" in found:
            case.found = Failure(found["error"])
        else:
            case.found = [dict(zip((name for name, role in found["columns"]), row)) for row in found["rows"]]


# -- comparing

def is_same(want, got):
    divided = DIVIDED.match(want)
    if divided and same.NUMBER.match(got):
        return same.is_fraction(Fraction(Decimal(divided[1])) / Fraction(Decimal(divided[2])), got)
    return same.same(want, got)


def difference(case):
    """None, or what is not as it should be."""
    if isinstance(case.found, Failure):
        return refusal(case)
    if "refused" in case.said:
        return "it is answered, and should be refused: %s" % json.dumps(case.found, ensure_ascii=False)[:500]
    if case.fault or not case.expected:
        return "the SQL gives no answer: %s" % (case.fault or "no columns")
    if (len(case.expected) == 1) != ("empty" in case.said):
        return "the expected answer has %d rows" % (len(case.expected) - 1)
    got, want = table(case.found), case.expected
    if "columns" in case.said and got and got[0] != case.get("columns").split():
        return "the columns are %s" % " ".join(got[0])
    for number, (wanted, came) in enumerate(zip(want[1:], got[1:]), 1):
        if len(wanted) != len(came) or not all(map(is_same, wanted, came)):
            return "row %d: expected %s\n        but got %s" % (number, wanted, came)
    if len(want) - 1 != max(len(got) - 1, 0):
        return "%d rows expected, %d came; the first too many or too few: %s" % (
            len(want) - 1, max(len(got) - 1, 0), got[len(want)] if len(got) > len(want) else want[max(len(got), 1)])
    return plan_difference(case)


def plan_difference(case):
    for key, part in (("from", "source"), ("rollup", "rollup")):
        for text in case.said.get(key, []):
            if not any(kind == part and found.startswith(text) for kind, found in case.plan):
                told = [found for kind, found in case.plan if kind == part]
                return "explain has no %s '%s…': %s" % (part, text, told)
    return None


def refusal(case):
    if "refused" not in case.said:
        return "refused: " + case.found.block
    for key, got in (("refused", case.found.text), ("under", case.found.under), ("hint", case.found.hint)):
        if key in case.said and case.get(key) != got:
            return "%s: expected %s\n     but got %s" % (key, case.get(key), got)
    return None


# -- all of it

def make_model(folder):
    """The shipped cubes, and those beside the cases."""
    source = os.environ.get("YTEMPIRE_DATADIR") or os.path.join(HERE, "..", "..")
    for place in (os.path.join(source, "queries", "model"), os.path.join(CASES, "model")):
        for name in sorted(os.listdir(place)):
            shutil.copy(os.path.join(place, name), folder)


def local_address():
    """Of the private server, with the schema in it: the first question puts it there."""
    local = [PROGRAM, "--local", "--quiet", "--format", "json", "--exec"]
    subprocess.run(local + ["sql SELECT 1"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    done = subprocess.run(local + ["local status"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          check=True)
    return json.loads(done.stdout)[0]["address"]


def change(address, folder, name):
    """SQL into the database; lines that begin with `--> ` are commands of the program, in their place."""
    with open(os.path.join(CASES, "data", name), encoding="utf-8") as file:
        parts = re.split(r"^--> (.*)\n", file.read(), flags=re.M)
    for number, part in enumerate(parts):
        if number % 2:
            done = subprocess.run([PROGRAM, "--local", "--quiet", "--model", folder, "--exec", part],
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True)
        else:
            done = psql(address, "\\set ON_ERROR_STOP on\n" + part)
        if done.returncode != 0:
            raise SystemExit("%s: %s" % (name, done.stderr))


def states(words):
    """[what the data are given, the cases asked then], in their order."""
    found = [("world.sql", [])]
    for name in sorted(os.listdir(CASES)):
        if name.endswith(".sql"):
            given, cases = read(name)
            meant = [case for case in cases if not words or any(word in case.file + case.name for word in words)]
            if given:
                found.append((given, meant))
            else:
                found[0][1].extend(meant)
    return found


def main(words):
    all_states, number, bad = states(words), 0, 0
    print("1..%d" % sum(len(cases) for given, cases in all_states), flush=True)
    address = local_address()
    with tempfile.TemporaryDirectory() as folder:
        make_model(folder)
        for given, cases in all_states:
            change(address, folder, given)
            expect(address, cases)
            answer(folder, cases)
            answer_by_clock(address, folder, cases)
            for number, case in enumerate(cases, number + 1):
                name = "%s: %s" % (case.file[:-4], case.name)
                answered = hasattr(case, "found")
                problem = difference(case) if answered else "ASKER names no program that answers by a clock"
                print("%s %d - %s" % ("not ok" if problem else "ok", number, name.replace("#", "number")), flush=True)
                if problem:
                    bad += 1
                    print(*("# " + text for text in [case.get("ask")] + problem.splitlines()), sep="\n", flush=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
