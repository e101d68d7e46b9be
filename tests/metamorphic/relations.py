"""Relations between the answers to two queries or more that hold whatever the data are. Each in its domain.

A relation is a function (asker, maker, random) → a case: (query, check). check(query) asks, and says in words what
does not hold, or None; it may be called again with a smaller query, so that what else it needs it takes from a seed of
its own.
"""
import datetime
import random as randoms
from decimal import Decimal

import queries
from asking import number
from queries import changed, line

NEAR = Decimal("1e-9")
QUOTIENT = Decimal("1e-14")                # its last digits go by the scales of its parts


# -- comparing

def same_cell(a, b):
    if a == b:
        return True
    a, b = number(a), number(b)
    if not isinstance(a, Decimal) or not isinstance(b, Decimal) or a.is_nan() or b.is_nan():
        return a == b
    return a == b or abs(a - b) <= QUOTIENT * max(abs(a), abs(b))


def same_row(a, b):
    return len(a) == len(b) and all(map(same_cell, a, b))


def shown(rows, most=4):
    texts = [" ".join("-" if cell is None else str(cell) for cell in row) for row in rows[:most]]
    return "; ".join(texts) + (" …" if len(rows) > most else "")


def differ(one, other, what="rows"):
    if len(one) == len(other) and all(map(same_row, one, other)):
        return None
    first = next((i for i, (a, b) in enumerate(zip(one, other)) if not same_row(a, b)), min(len(one), len(other)))
    return "%s differ (%d and %d), first at %d:\n  %s\n  %s" % (what, len(one), len(other), first, shown(one[first:]),
                                                               shown(other[first:]))


def same_answers(asker, one, other, rollups=True):
    problem = differ(asker.ask(line(one), rollups).rows, asker.ask(line(other), rollups).rows)
    return problem and "%s\n  the second is of: %s" % (problem, line(other))


def sums(pairs):
    """By key, the sum of each measure; NULL where all are."""
    found = {}
    for key, values in pairs:
        before = found.get(key, (None,) * len(values))
        found[key] = tuple(b if a is None else a if b is None else a + b for a, b in zip(before, values))
    return found


def nothing(value):
    return value is None or value == 0


def near(a, b):
    if a is None or b is None:
        return nothing(a) and nothing(b)
    return abs(a - b) <= NEAR * max(1, abs(a), abs(b))


def differ_by_key(one, other, names=("parts", "whole")):
    """What is missing is nothing."""
    for key in {**one, **other}:
        width = len(next(iter({**one, **other}.values())))
        a, b = one.get(key, (None,) * width), other.get(key, (None,) * width)
        if not all(map(near, a, b)):
            return "at %s: %s %s, %s %s" % (" ".join(map(str, key)), names[0], shown([a]), names[1], shown([b]))
    return None


# -- domains

def additive(maker, query, kinds=("sum", "count", "increase", "last", "first")):
    """The query with those of its measures that add up; None where there are none."""
    cube = maker.cubes.get(query.get("cube") or "")
    if cube is None:
        return None
    measures = [name for name in query["measures"] if name in cube.measures and cube.kind(name) in kinds]
    return changed(query, measures=measures) if measures else None


ADDS_UP = ("sum", "count", "increase")                     # over time too
EVERYWHERE = ADDS_UP + ("last", "first")                   # over groups


def is_time(maker, query, name):
    cube = maker.cubes.get(query.get("cube") or "")
    return name in queries.GRAINS or name.rsplit(".", 1)[-1] in queries.GRAINS or \
        (cube is not None and cube.dimensions.get(name) in ("time", "date"))


def is_shared(maker, query, name):
    """Groups of it have rows in common, and do not add up."""
    cube = maker.cubes.get(query.get("cube") or "")
    plain = name.rsplit(".", 1)[0] if name.rsplit(".", 1)[-1] in queries.GRAINS else name
    return cube is not None and (name in cube.shared or plain in cube.shared)


def has_time(maker, query):
    return any(is_time(maker, query, name) for name in query["by"])


def draw(maker, random, least=0, rest=False):
    query = maker.base(random, least)
    return maker.add_rest(random, query) if rest else query


# -- the relations

def rollups_are_facts(asker, maker, random):
    def check(query):
        rolled, facts = asker.ask(line(query), True), asker.ask(line(query), False)
        problem = differ(rolled.rows, facts.rows)
        return problem and "%s\n  the first rests on %s, the second on facts" % (problem, rolled.source)
    query = maker.rolled(random) if random.random() < 0.8 else maker.base(random)
    return maker.add_rest(random, query), check


def parts_and_whole(asker, asked, place):
    """By all, added up over one of `by`; and without it."""
    without = asked["by"][:place] + asked["by"][place + 1:]
    parts, whole = asker.ask(line(asked)), asker.ask(line(changed(asked, by=without)))
    added = sums((key[:place] + key[place + 1:], values) for key, values in parts.pairs())
    return differ_by_key(added, sums(whole.pairs()))


def parts_are_the_whole(asker, maker, random):
    def check(query):
        asked = additive(maker, query)
        groups = [name for name in query["by"] if not is_time(maker, query, name) and not is_shared(maker, query, name)]
        if asked is None or not groups:
            return None
        dropped = randoms.Random(seed).choice(groups)
        place = asked["by"].index(dropped)
        return parts_and_whole(asker, asked, place)
    seed = random.random()
    return draw(maker, random, least=1), check


def buckets_are_the_range(asker, maker, random):
    def check(query):
        asked = additive(maker, query, ADDS_UP)
        grains = [name for name in query["by"] if name in queries.GRAINS]
        if asked is None or len(grains) != 1:
            return None
        place = asked["by"].index(grains[0])
        return parts_and_whole(asker, asked, place)
    return draw(maker, random), check


def top_and_other_are_the_total(asker, maker, random):
    def check(query):
        asked = additive(maker, query, ADDS_UP if has_time(maker, query) else EVERYWHERE)
        if asked is None or "top" not in asked or "total" not in asked:
            return None
        if any(is_shared(maker, query, name) for name in asked["by"]):
            return None
        answer = asker.ask(line(asked))
        parts = sums(((), answer.values(row)) for row in answer.rows if not answer.is_total(row))
        whole = {(): answer.values(row) for row in answer.rows if answer.is_total(row)}
        return differ_by_key(parts, whole, ("groups and other", "total"))
    query = draw(maker, random, least=1)
    query.update(top="%d with other" % random.choice([1, 2, 5]), total="")
    return query, check


def total_is_the_query_without_groups(asker, maker, random):
    def check(query):
        # over time a counter has no total, and says NULL
        asked = additive(maker, query, ADDS_UP) if has_time(maker, query) else query
        if asked is None or "total" not in asked or not asked["by"]:
            return None
        answer, plain = asker.ask(line(asked)), asker.ask(line(changed(asked, by=[], total=None)))
        total = {(): answer.values(row) for row in answer.rows if answer.is_total(row)}
        return differ_by_key(total, {(): plain.values(row) for row in plain.rows}, ("total", "without groups"))
    query = draw(maker, random, least=1)
    query["total"] = ""
    return query, check


def shares_sum_to_one(asker, maker, random):
    def check(query):
        asked = additive(maker, query)
        if asked is None or not asked["by"] or any(is_shared(maker, query, name) for name in asked["by"]):
            return None
        measure = asked["measures"][0]
        answer = asker.ask(line(changed(asked, measures=[measure, measure + ".share"])))
        for key, (whole, share) in sums((answer.time(row), answer.values(row)) for row in answer.rows).items():
            if not nothing(whole) and not near(share, Decimal(1)):
                return "at %s: the shares of %s sum to %s" % (" ".join(map(str, key)), whole, share)
        return None
    return draw(maker, random, least=1), check


def shuffled(node, random):
    if node[0] == "test":
        return node
    kids = [shuffled(kid, random) for kid in node[1:]]
    random.shuffle(kids)
    return (node[0], *kids)


def order_of_filters_is_nothing(asker, maker, random):
    def check(query):
        clauses = {key: shuffled(query[key], randoms.Random(seed)) for key in ("where", "having") if key in query}
        return same_answers(asker, query, changed(query, **clauses), rollups)
    query = draw(maker, random, rest=True)
    cube = maker.cubes[query["cube"]] if query.get("cube") else maker.cube(random)
    query["where"] = (random.choice(["and", "or"]), *[maker.filter(random, cube, 1) for _ in range(3)])
    seed, rollups = random.random(), random.random() < 0.7
    return query, check


def said_otherwise(node):
    """The same test in other words: by De Morgan, and with its negation written in the test."""
    if node[0] == "test":
        text = node[1]
        for word in ("in (", "contains ", "starts with ", "ends with ", "like ", "between ", "has "):
            if " not " + word in text:
                return ("not", ("test", text.replace(" not " + word, " " + word, 1)))
        if " != " in text:
            return ("not", ("test", text.replace(" != ", " = ", 1)))
        if " is not null" in text:
            return ("not", ("test", text.replace(" is not null", " is null")))
        return ("not", ("not", node))
    if node[0] == "not":
        return ("not", said_otherwise(node[1]))
    return ("not", ("or" if node[0] == "and" else "and", *[("not", said_otherwise(kid)) for kid in node[1:]]))


def filters_said_otherwise(asker, maker, random):
    def check(query):
        if "where" not in query:
            return None
        return same_answers(asker, query, changed(query, where=said_otherwise(query["where"])), rollups)
    query = draw(maker, random, rest=True)
    if query.get("cube"):
        query["where"] = maker.filter(random, maker.cubes[query["cube"]], 2)
    rollups = random.random() < 0.7
    return query, check


def a_test_or_not_is_all(asker, maker, random):
    def with_filter(query, more):
        where = query.get("where")
        return changed(query, where=("and", where, more) if where else more)

    def check(query):
        either = ("or", test, ("not", test))
        if having:
            # of cells that passed in their buckets a counter has no total, and says NULL
            plain = changed(query, total=None) if has_time(maker, query) else query
            return same_answers(asker, plain, changed(plain, having=either), rollups)
        return same_answers(asker, query, with_filter(query, either), rollups)
    query = draw(maker, random, rest=True)
    having = random.random() < 0.2
    cube = maker.cubes[query["cube"]] if query.get("cube") else maker.cube(random)
    if having:
        query.pop("having", None)
        test = ("test", "%s > 10" % query["measures"][0])
    else:
        test = maker.filter(random, cube, 1)
    rollups = random.random() < 0.7
    return query, check


def a_test_and_not_is_nothing(asker, maker, random):
    def check(query):
        where = query.get("where")
        none = ("and", test, ("not", test)) if not where else ("and", where, test, ("not", test))
        answer = asker.ask(line(changed(query, where=none)), rollups)
        if query["by"] and answer.rows:
            return "there are %d rows: %s" % (len(answer.rows), shown(answer.rows))
        if not query["by"] and not all(nothing(value) for row in answer.rows for value in answer.values(row)):
            return "something is left: " + shown(answer.rows)
        return None
    query = draw(maker, random)
    cube = maker.cubes[query["cube"]] if query.get("cube") else maker.cube(random)
    test, rollups = maker.filter(random, cube, 1), random.random() < 0.7
    return query, check


def depends_on_zone(maker, query):
    """Tests of times by days, days' attributes, measures that move with the bucket."""
    cube = maker.cubes.get(query.get("cube") or "")
    text = line(changed(query, **{"for": None, "tz": None}))
    words = ("_at", "date", "valid_", "revenue_week", "revenue_mtd", "revenue_before")
    return cube is None or cube.by_day or any(word in text for word in words + (cube.time,))


def the_zone_moves_no_total(asker, maker, random):
    def check(query):
        plain = changed(query, by=[name for name in query["by"] if not is_time(maker, query, name)])
        if depends_on_zone(maker, plain):
            return None
        problem = same_answers(asker, changed(plain, tz=one), changed(plain, tz=other))
        asked = additive(maker, plain, ADDS_UP)
        if problem or asked is None:
            return problem
        parts = asker.ask(line(changed(asked, by=asked["by"] + [grain], tz=other)))
        whole = asker.ask(line(changed(asked, tz=one)))
        added = sums((key[:-1], values) for key, values in parts.pairs())
        return differ_by_key(added, sums(whole.pairs()), ("buckets of " + other, "total in " + one))
    query = draw(maker, random)
    query["for"] = maker.instants(random)
    one, other = random.sample(queries.ZONES, 2)
    grain = random.choice(["hour", "day", "week", "month"])
    return query, check


def ends_now(query):
    text = line(changed(query, measures=["m"], by=[]))
    return any(" %s" % word in text for word in ("7d", "48h", "wtd", "mtd", "qtd", "ytd"))


def a_line_and_its_json_are_one(asker, maker, random):
    def check(query):
        if ends_now(query):                            # the JSON has the minute's first millisecond for now
            return None
        answer = asker.ask(line(query), rollups)
        for text in (answer.json, answer.line):
            again = asker.ask(text, rollups)
            problem = differ(answer.rows, again.rows) or differ([answer.names], [again.names], "columns")
            if problem:
                return "%s\n  the second is of: %s" % (problem, text)
            if again.json != answer.json:
                return "its JSON comes back as another one:\n  %s\n  %s" % (answer.json, again.json)
        return None
    rollups = random.random() < 0.5
    return draw(maker, random, rest=True), check


OF_MONTHS = [("2024-11", "previous", "2024-10"), ("2024-12", "last month", "2024-11"),
             ("2024-Q4", "previous", "2024-Q3"), ("2024-11..2024-12", "previous", "2024-09..2024-10"),
             ("2024-11", "last year", "2023-11"), ("2024-12", "2 months ago", "2024-10")]


def vs_is_the_other_period(asker, maker, random):
    def check(query):
        if has_time(maker, query) or query.get("vs") != vs or query.get("for") != now:
            return None
        answer = asker.ask(line(query))
        plain = asker.ask(line(changed(query, vs=None)))
        before = asker.ask(line(changed(query, vs=None, **{"for": then})))
        for suffix, other in (("", plain), ("_previous", before)):
            for name in query["measures"]:
                label = other.names[other.measures[query["measures"].index(name)]]
                if label + suffix not in answer.names:
                    return None
                place, there = answer.column(label + suffix), other.column(label)
                one = {answer.key(row): (number(row[place]),) for row in answer.rows}
                two = {other.key(row): (number(row[there]),) for row in other.rows}
                problem = twins(answer.rows, answer) or differ_by_key(one, two, ("vs", "by itself"))
                if problem:
                    return None if problem == "twins" else "%s%s %s; that period is %s" % (name, suffix, problem, then)
        return None

    def twins(rows, answer):
        return "twins" if len({answer.key(row) for row in rows}) < len(rows) else None
    query = draw(maker, random)
    first, last = maker.days(random)
    last = min(last, datetime.date(2024, 12, 30))
    first = min(first, last)
    length = (last - first).days + 1
    moved = lambda days: "%s..%s" % (first - datetime.timedelta(days=days), last - datetime.timedelta(days=days))
    now = "%s..%s" % (first, last)
    vs, then = random.choice([("previous", moved(length)), ("7 days ago", moved(7)), ("last week", moved(7)),
                              ("2 weeks ago", moved(14)), ("2024-10-01..2024-10-20",) * 2, ("2024-11",) * 2,
                              ("2023",) * 2])
    if random.random() < 0.3:
        now, vs, then = random.choice(OF_MONTHS)
    query["by"] = [name for name in query["by"] if not is_time(maker, query, name)]
    query["measures"] = [name for name in query["measures"] if name != "revenue_before"] or ["revenue"]
    query.update({"vs": vs, "for": now})
    return query, check


def fill_adds_what_is_missing(asker, maker, random):
    def check(query):
        if "fill" not in query or not any(name in queries.GRAINS for name in query["by"]):
            return None
        cube, zero = maker.cubes.get(query.get("cube") or ""), query["fill"] == "zero"
        # zeros take the place of NULLs in rows that are there too
        asked = additive(maker, query) if zero else query
        if asked is None:
            return None
        filled, plain = asker.ask(line(asked)), asker.ask(line(changed(asked, fill=None)))
        left, added = {}, []
        for row in plain.rows:
            left.setdefault(plain.key(row), []).append(row)
        for row in filled.rows:
            there = left.get(plain.key(row), [])
            match = next((one for one in there if same_row(one, row) or
                          (zero and all(map(near, plain.values(one), plain.values(row))))), None)
            if match is None:
                added.append(row)
            else:
                there.remove(match)
        gone = [row for there in left.values() for row in there]
        if gone:
            there = [row for row in filled.rows if filled.key(row) == filled.key(gone[0])]
            return "rows are gone, or changed: %s\n  filled: %s" % (shown(gone), shown(there))
        for row in added:
            for name, value in zip(asked["measures"], filled.values(row)):
                kind = cube.kind(name) if cube and name in cube.measures else None
                if kind in ADDS_UP and (value is not None if not zero else not nothing(value)):
                    return "an added row is not empty: " + shown([row])
        return None
    query = draw(maker, random)
    if not any(name in queries.GRAINS for name in query["by"]):
        query["by"].append("day")
    query["fill"] = random.choice(["", "zero"])
    return query, check


def pages_are_the_whole(asker, maker, random):
    def check(query):
        whole = asker.ask(line(changed(query, limit=None)))
        rows, step = [], len(whole.rows) // pages + 1
        for at in range(0, len(whole.rows) + 1, step):
            page = asker.ask(line(changed(query, limit="%d offset %d" % (step, at))))
            rows += [row for row in page.rows if not page.is_total(row)]         # it stands under each page
        return differ(rows, [row for row in whole.rows if not whole.is_total(row)])
    pages = random.choice([2, 3, 4])
    query = draw(maker, random, rest=True)
    return query, check


def a_group_is_a_filter(asker, maker, random):
    def check(query):
        cube = maker.cubes.get(query.get("cube") or "")
        if cube is None or len(query["by"]) == 0 or query["by"][-1] != group or len(query["by"]) != 1:
            return None
        answer = asker.ask(line(query))
        if not answer.rows:
            return None
        row = randoms.Random(seed).choice(answer.rows)
        value = row[0] if row[0] is None or kind == "number" else queries.quoted(row[0])
        test = group + (" is null" if value is None else " = " + value)
        where = query.get("where")
        where = ("and", where, ("test", test)) if where else ("test", test)
        alone = asker.ask(line(changed(query, by=[], where=where)))
        values = {(): alone.values(one) for one in alone.rows}
        return differ_by_key({(): answer.values(row)}, values, ("the group", "where " + test))
    query = draw(maker, random)
    cube = maker.cubes.get(query.get("cube") or "") or maker.cubes["VideoPerformance"]
    groups = [name for name, kind in cube.dimensions.items() if kind in ("string", "number") and name not in cube.keyed]
    group = random.choice(groups)
    kind, seed = cube.dimensions[group], random.random()
    query["by"] = [group]
    return query, check


# and how many queries of each, by weight
RELATIONS = [
    (rollups_are_facts, 6),
    (parts_are_the_whole, 2),
    (buckets_are_the_range, 2),
    (top_and_other_are_the_total, 1),
    (total_is_the_query_without_groups, 1),
    (shares_sum_to_one, 1),
    (order_of_filters_is_nothing, 1),
    (filters_said_otherwise, 1),
    (a_test_or_not_is_all, 1),
    (a_test_and_not_is_nothing, 1),
    (the_zone_moves_no_total, 2),
    (a_line_and_its_json_are_one, 2),
    (vs_is_the_other_period, 2),
    (fill_adds_what_is_missing, 1),
    (pages_are_the_whole, 1),
    (a_group_is_a_filter, 1),
]
