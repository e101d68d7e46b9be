"""Random queries: a dict of clauses, and its line. Most can be asked; those that are refused are skipped."""
import datetime

import model

ZONES = ["UTC", "America/Los_Angeles", "Europe/Berlin", "Australia/Sydney", "Australia/Lord_Howe", "Asia/Kathmandu"]
GRAINS = ["hour", "day", "day", "week", "month", "month", "quarter", "year"]
RELATIVE = ["last 30 days", "last 2 months", "last 7 weeks", "this month", "last month", "7d", "48h",
            "wtd", "mtd", "qtd", "ytd", "yesterday", "today", "all time", "since 2024-12-01", "until 2024-11-30",
            "last quarter", "last year"]
NAMED = ["2024-10", "2024-11", "2024-12", "2024-Q4", "2024", "2025", "2024-10..2024-12", "2024-11..2025-01"]
FIRST = datetime.date(2024, 9, 28)
SPAN = 110


def quoted(text):
    return "'" + text.replace("'", "''") + "'"


class Maker:
    """`values`: of "Cube.dimension" some values that there are."""

    def __init__(self, cubes, values):
        self.cubes, self.values = cubes, values
        self.weights = {name: 8 if name == "VideoPerformance" else 3 if name == "Costs" else 1 for name in cubes}

    # -- time

    def day(self, random):
        return FIRST + datetime.timedelta(days=random.randrange(SPAN))

    def days(self, random):
        """Both ends of a period, days."""
        length = random.choice([1, 2, 7, 7, 10, 30, 31, 60, 100])
        first = self.day(random)
        return first, first + datetime.timedelta(days=length - 1)

    def period(self, random):
        form = random.randrange(12)
        first, last = self.days(random)
        if form < 4:
            return "%s..%s" % (first, last)
        if form < 6:
            return random.choice(NAMED)
        if form < 8:
            return random.choice(RELATIVE)
        if form == 8:
            return "%sT%02d:%02d..%sT%02d:%02d" % self.moments(random, (0, 30, 59))
        if form == 9:
            return self.instants(random)
        return str(first)

    def instants(self, random):
        return "%sT%02d:%02d:00Z..%sT%02d:%02d:00Z" % self.moments(random, (0, 0, 7))

    def moments(self, random, minutes):
        first, last = self.days(random)
        return (first, random.randrange(24), random.choice(minutes),
                last + datetime.timedelta(days=1), random.randrange(24), random.choice(minutes))

    # -- filters: ("and"|"or"|"not", kids…) or ("test", text)

    def test(self, random, cube):
        names = list(cube.dimensions) + [cube.time]
        for _ in range(20):
            name = random.choice(names)
            kind = cube.dimensions.get(name, "time")
            known = self.values.get(cube.name + "." + name) or []
            text = self.test_of(random, name, kind, known)
            if text is not None:
                return ("test", text)
        return ("test", "%s is not null" % cube.time)

    def test_of(self, random, name, kind, known):
        some = lambda: random.choice(known)
        if random.randrange(12) == 0:
            return name + random.choice([" is null", " is not null"])
        if kind in ("time", "date"):
            return name + random.choice([" in %s", " not in %s"]) % self.period(random) if random.randrange(3) else \
                name + random.choice([" < %s", " >= %s", " <= %s", " > %s", " = %s", " != %s"]) % self.day(random)
        if kind == "boolean":
            return name + random.choice([" = true", " = false", " != true"])
        if not known:
            return None
        if kind == "array":
            item = (some().strip("{}").split(",")[0]).strip('"')
            if not item or "\\" in item:
                return None
            return name + random.choice([" has %s", " not has %s"]) % quoted(item)
        if kind == "number":
            form = random.randrange(4)
            if form == 0:
                low, high = sorted([some(), some()], key=float)
                return name + random.choice([" between %s and %s", " not between %s and %s"]) % (low, high)
            if form == 1:
                return name + random.choice([" in (%s, %s)", " not in (%s, %s)"]) % (some(), some())
            return name + random.choice([" < %s", " >= %s", " <= %s", " > %s", " = %s", " != %s"]) % some()
        value = some()
        form = random.randrange(7)
        if form == 0:
            return name + random.choice([" in (%s, %s)", " not in (%s, %s)"]) % (quoted(value), quoted(some()))
        if form == 1:
            start = random.randrange(max(1, len(value)))
            return name + random.choice([" contains %s", " not contains %s"]) % quoted(value[start:start + 4] or value)
        if form == 2:
            return name + random.choice([" starts with %s", " not starts with %s"]) % quoted(value[:3])
        if form == 3:
            return name + random.choice([" ends with %s", " not ends with %s"]) % quoted(value[-3:])
        if form == 4:
            return name + random.choice([" like %s", " not like %s"]) % quoted(value[:2] + "%")
        return name + random.choice([" = %s", " != %s"]) % quoted(value)

    def filter(self, random, cube, depth=2):
        form = random.randrange(6)
        if depth == 0 or form < 3:
            return self.test(random, cube)
        kids = [self.filter(random, cube, depth - 1) for _ in range(random.choice([2, 2, 3]))]
        if form == 5:
            return ("not", kids[0])
        return ("and" if form == 3 else "or", *kids)

    def having(self, random, measures):
        test = lambda: ("test", "%s %s %s" % (random.choice(measures), random.choice([">", ">=", "<", "!="]),
                                              random.choice(["0", "1", "10", "1000", "0.05", "-3"])))
        form = random.randrange(5)
        if form < 3:
            return test()
        return ("not", test()) if form == 3 else (random.choice(["and", "or"]), test(), test())

    # -- queries

    def cube(self, random):
        return self.cubes[random.choices(list(self.weights), list(self.weights.values()))[0]]

    def dimensions(self, random, cube, least=0):
        wanted = random.choice([0, 1, 1, 1, 2, 2, 3])
        names = random.sample(list(cube.dimensions), max(least, min(wanted, len(cube.dimensions))))
        return [name + "." + random.choice(["day", "month", "week"])
                if cube.dimensions[name] in ("time", "date") and random.randrange(2) else name for name in names]

    def grain(self, random, cube):
        grain = random.choice(GRAINS)
        return "day" if grain == "hour" and cube.by_day else grain

    def base(self, random, least=0):
        """Measures, dimensions, where, segments, a period, a zone: which rows count, and by what."""
        cube = self.cube(random)
        count = min(len(cube.measures), random.choice([1, 1, 2, 2, 3, 4]))
        query = {"cube": cube.name, "measures": random.sample(list(cube.measures), count),
                 "by": self.dimensions(random, cube, least)}
        if random.randrange(2):
            query["by"].insert(random.randrange(len(query["by"]) + 1), self.grain(random, cube))
        if random.randrange(2):
            query["where"] = self.filter(random, cube)
        if cube.segments and random.randrange(6) == 0:
            query["segment"] = random.sample(cube.segments, min(len(cube.segments), random.choice([1, 1, 2])))
        if random.randrange(4):
            query["for"] = self.period(random)
        if random.randrange(3) == 0:
            query["tz"] = random.choice(ZONES)
        if random.randrange(10) == 0:
            self.add_fact(random, query, cube)
        return query

    def rolled(self, random):
        """What a rollup could answer, but perhaps for its range or its zone."""
        name = random.choices(list(model.ROLLUPS), [4, 1])[0]
        cube, rollup = self.cubes[name], random.choice(list(model.ROLLUPS[name].values()))
        measures, dimensions = list(rollup["measures"]), list(rollup["dimensions"])
        if name == model.VIDEO:
            measures += ["engagement_rate", "profit_margin", "revenue_before"]
        if "niche" in dimensions:
            dimensions += ["channel_name", "channel.sub_niche", "current_niche"]
        query = {"cube": name, "measures": random.sample(measures, min(len(measures), random.choice([1, 1, 2, 3, 5]))),
                 "by": random.sample(dimensions, random.randrange(min(3, len(dimensions)) + 1))}
        if random.randrange(4):
            grain = random.choice([rollup["granularity"], random.choice(GRAINS)])
            query["by"].insert(random.randrange(len(query["by"]) + 1), grain)
        if dimensions and random.randrange(2):
            few = _Part(cube, dimensions)
            query["where"] = self.filter(random, few)
        if random.randrange(6) == 0 and "snapshot_profit" in dimensions:
            query["segment"] = [random.choice(["viral_videos", "profitable_videos"])]
        if random.randrange(3):
            query["for"] = self.period(random)
        if random.randrange(6) == 0:
            query["tz"] = random.choice(ZONES)
        return query

    def add_fact(self, random, query, cube):
        """A measure of another cube, on what both know."""
        other = self.cubes[random.choice([name for name in self.cubes if name != cube.name])]
        query["measures"].append(other.name + "." + random.choice(list(other.measures)))
        query["measures"][:-1] = [cube.name + "." + name for name in query["measures"][:-1]]
        query["cube"] = None
        query["by"] = [name for name in query["by"] if name in other.dimensions or name in GRAINS]
        query.pop("segment", None)
        if cube.by_day != other.by_day and query.get("tz", "UTC") != "America/Los_Angeles":
            query["mixed_days"] = True

    def add_rest(self, random, query):
        """What is done with the cells."""
        if random.randrange(5) == 0:
            query["having"] = self.having(random, query["measures"])
        if query["by"] and random.randrange(6) == 0:
            query["measures"] = query["measures"] + [query["measures"][0] + ".share"]
        if query["by"] and random.randrange(4) == 0:
            query["top"] = "%d%s%s" % (random.choice([1, 2, 5]), random.choice(["", " by " + query["measures"][0]]),
                                       random.choice(["", " with other"]))
        if query.get("for") and random.randrange(5) == 0:
            query["vs"] = random.choice(["previous", "last week", "last month", "last year", "7 days ago",
                                         "1 month ago", "2024-11", "2024-10-01..2024-10-20"])
        if any(name in GRAINS for name in query["by"]) and random.randrange(4) == 0:
            query["fill"] = random.choice(["", "zero"])
        if random.randrange(5) == 0:
            query["total"] = ""
        if random.randrange(5) == 0:
            query["order"] = ", ".join(name + random.choice(["", " asc", " desc"])
                                       for name in random.sample(query["measures"] + query["by"], 1))
        if random.randrange(5) == 0:
            query["limit"] = "%d%s" % (random.choice([0, 1, 3, 10]), random.choice(["", " offset 2"]))
        return query


class _Part:
    """A cube, but only some of its dimensions are tested."""

    def __init__(self, cube, names):
        self.name, self.time, self.dimensions = cube.name, names[0], {name: cube.dimensions[name] for name in names}


# -- the line

def filter_text(node, inner=False):
    if node[0] == "test":
        return node[1]
    if node[0] == "not":
        return "not (%s)" % filter_text(node[1])
    text = (" %s " % node[0]).join(filter_text(kid, True) for kid in node[1:])
    return "(%s)" % text if inner else text


CLAUSES = ["by", "where", "having", "segment", "for", "vs", "top", "order", "limit", "fill", "total", "mixed_days",
           "tz"]


def line(query):
    parts = ["from " + query["cube"]] if query.get("cube") else []
    parts.append(", ".join(query["measures"]))
    for key in CLAUSES:
        word = "order by" if key == "order" else key
        value = query.get(key)
        if value is None or value == []:
            continue
        if isinstance(value, tuple):
            value = filter_text(value)
        elif isinstance(value, list):
            value = ", ".join(value)
        parts.append(word if value in ("", True) else word + " " + value)
    return " ".join(parts)


def changed(query, **changes):
    """A copy; a clause of None is gone."""
    copy = {key: list(value) if isinstance(value, list) else value for key, value in query.items()}
    for key, value in changes.items():
        if value is None:
            copy.pop(key, None)
        else:
            copy[key] = value
    return copy
