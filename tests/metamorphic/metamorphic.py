#!/usr/bin/env python3
"""metamorphic.py SEED COUNT [RELATION]: random queries on private servers. TAP, a line a relation; under with-servers.

COUNT queries that can be asked, spread over the relations and over four states of the warehouse: rollups built to
different moments; late rows noted and not refreshed; refreshed; rollups of another zone. What does not hold is made
smaller, clause by clause, before it is printed; the same SEED and COUNT ask the same again.
"""
import json
import os
import random as randoms
import subprocess
import sys
import tempfile
import time

import asking
import model
import queries
import relations
import world

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = os.environ["YTEMPIRE"]
DATA = os.environ.get("YTEMPIRE_DATADIR") or os.path.join(HERE, "..", "..")
OTHER_ZONES = ["America/Los_Angeles", "Australia/Lord_Howe", "Europe/Berlin"]
MOST_TOLD = 3                              # failures of a relation


def address():
    """Of the private server, with the schema in it: the first question puts it there."""
    local = [PROGRAM, "--local", "--quiet", "--format", "json", "--exec"]
    subprocess.run(local + ["sql SELECT 1"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    done = subprocess.run(local + ["local status"], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          check=True)
    return json.loads(done.stdout)[0]["address"]


def values_of(asker, cubes):
    """Some values of each dimension, found by asking."""
    found = {}
    for cube in cubes.values():
        for name, kind in cube.dimensions.items():
            if kind not in ("string", "number", "array"):
                continue
            text = "from %s %s by %s order by %s limit 12" % (cube.name, next(iter(cube.measures)), name, name)
            try:
                found[cube.name + "." + name] = [row[0] for row in asker.ask(text, False).rows if row[0]]
            except asking.Refused:
                pass
    return found


# -- one case

def smaller(query):
    """Queries with a part less."""
    for key in ("limit", "order", "total", "fill", "top", "having", "vs", "segment", "where", "tz", "for"):
        if key in query:
            yield queries.changed(query, **{key: None})
    for key in ("measures", "by", "segment"):
        for i in range(len(query.get(key, []))):
            if key != "measures" or len(query[key]) > 1:
                yield queries.changed(query, **{key: query[key][:i] + query[key][i + 1:]})
    for key in ("where", "having"):
        if key in query:
            for node in smaller_filters(query[key]):
                yield queries.changed(query, **{key: node})


def smaller_filters(node):
    if node[0] == "test":
        return
    yield from node[1:]
    for i, kid in enumerate(node[1:], 1):
        if len(node) > 3:
            yield node[:i] + node[i + 1:]
        for less in smaller_filters(kid):
            yield node[:i] + (less,) + node[i + 1:]


def problem_of(check, query):
    try:
        return check(query)
    except asking.Broken as error:
        return "the server refused it: %s" % error


def shrink(check, query, problem):
    again = True
    while again:
        again = False
        for less in smaller(query):
            try:
                found = problem_of(check, less)
            except (asking.Refused, LookupError, ValueError):
                continue
            if found:
                query, problem, again = less, found, True
                break
    return query, problem


class Run:
    def __init__(self, seed, only):
        self.seed = seed
        self.relations = [(relation, weight) for relation, weight in relations.RELATIONS
                          if not only or relation.__name__ == only]
        self.asked = {relation: 0 for relation, _ in self.relations}
        self.failures = {relation: [] for relation, _ in self.relations}
        self.refused = {}

    def case(self, asker, maker, relation, state, number):
        random = randoms.Random("%s %s %s %d" % (self.seed, state, relation.__name__, number))
        query, check = relation(asker, maker, random)
        before = asker.asked
        try:
            problem = problem_of(check, query)
        except asking.Refused as error:
            reason = str(error)
            self.refused[reason] = self.refused.get(reason, 0) + 1
            return False
        if asker.asked == before:                      # it is not of the relation's domain
            return False
        self.asked[relation] += 1
        if problem:
            known = len(self.failures[relation])
            if known < MOST_TOLD:
                query, problem = shrink(check, query, problem)
            self.failures[relation].append("seed %s, %s, query %d\n%s\n%s" % (self.seed, state, number,
                                                                             queries.line(query), problem))
        return True

    def state(self, asker, maker, state, count):
        weights = sum(weight for _, weight in self.relations)
        for relation, weight in self.relations:
            wanted, number = max(1, count * weight // weights), 0
            while wanted > 0 and number < 50 + count:
                wanted -= self.case(asker, maker, relation, state, number)
                number += 1

    def report(self):
        print("1..%d" % len(self.relations))
        for number, (relation, _) in enumerate(self.relations, 1):
            failures = self.failures[relation]
            print("%s %d - %s: %d queries" % ("not ok" if failures or not self.asked[relation] else "ok", number,
                                             relation.__name__.replace("_", " "), self.asked[relation]))
            for text in failures[:MOST_TOLD]:
                print("\n".join("# " + part for part in text.splitlines()))
            if len(failures) > MOST_TOLD:
                print("# … and %d more" % (len(failures) - MOST_TOLD))
        return 1 if any(self.failures.values()) or not all(self.asked.values()) else 0


# -- all

def main():
    seed, count = int(sys.argv[1]), int(sys.argv[2])
    run, program, dsn = Run(seed, sys.argv[3] if len(sys.argv) > 3 else None), os.environ["ASKER"], address()
    quarter, began, asked = (count + 3) // 4, time.monotonic(), 0
    with tempfile.TemporaryDirectory() as folder:
        for zone in ("UTC", randoms.Random(seed).choice(OTHER_ZONES)):
            place = os.path.join(folder, zone.replace("/", "_"))
            os.mkdir(place)
            model.write(os.path.join(DATA, "queries", "model"), place, zone)
            asker, cubes = asking.Asker(program, dsn, place, world.CLOCK), model.catalogue(place)
            ground = world.World(PROGRAM, dsn, place, DATA)
            if zone == "UTC":
                ground.make(asker, seed)
            ground.refresh()
            ground.set_watermarks(asker, model.ROLLUPS, zone)
            maker = queries.Maker(cubes, values_of(asker, cubes))
            print("# %s: built, %.0f s" % (zone, time.monotonic() - began), file=sys.stderr)
            run.state(asker, maker, "built, " + zone, quarter)
            if zone == "UTC":
                ground.run(asker, world.LATE + world.NOTED)
                run.state(asker, maker, "late rows", quarter)
                ground.refresh()
                run.state(asker, maker, "refreshed", quarter)
            asked += asker.asked
            asker.close()
            print("# %s: %.0f s, answered by: %s" % (zone, time.monotonic() - began, asker.sources), file=sys.stderr)
    most = sorted(run.refused.items(), key=lambda item: -item[1])
    print("# seed %d: %d queries, %d statements; %d were refused, and others drawn: %s" % (
        seed, sum(run.asked.values()), asked, sum(run.refused.values()),
        "; ".join("%d × %s" % (n, text) for text, n in most[:6])), file=sys.stderr)
    return run.report()


if __name__ == "__main__":
    sys.exit(main())
