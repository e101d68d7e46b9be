"""Helpers of worker.bats.

metrics FILE     checks a page strictly against Prometheus' text format 0.0.4 and writes its samples, "name{labels} value"
json FILE…       checks that each line of each file is an object with time, level and event; writes "event job message"
ends PID URL     ends a worker while many ask for /metrics: none of its counters goes down
notify NAME FILE hears datagrams at a socket (a path, or @ and an abstract name) and adds them to a file, a line each
"""
import http.client
import json
import math
import os
import re
import signal
import socket
import sys
import threading

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\\\|\\"|\\n)*"'
SAMPLE = re.compile(rf"({NAME})(?:\{{({LABEL}(?:,{LABEL})*)\}})? (\S+)")
TYPES = {"counter", "gauge", "histogram", "summary", "untyped"}


def family_of(name, types):
    for ending in ("_bucket", "_sum", "_count"):
        base = name.removesuffix(ending)
        if base != name and types.get(base) in ("histogram", "summary"):
            return base
    return name


def check_histogram(name, samples):
    series = {}
    for sample, labels, value in samples:
        rest = tuple(pair for pair in labels if pair[0] != "le")
        entry = series.setdefault(rest, {"buckets": []})
        if sample == name + "_bucket":
            entry["buckets"].append((float(dict(labels)["le"]), value))
        else:
            assert sample not in entry, f"{sample} twice"
            entry[sample] = value
    for rest, entry in series.items():
        bounds = [bound for bound, _ in entry["buckets"]]
        counts = [count for _, count in entry["buckets"]]
        assert bounds == sorted(set(bounds)), f"{name}{rest}: buckets are not in order"
        assert counts == sorted(counts), f"{name}{rest}: buckets do not add up"
        assert bounds[-1] == math.inf and counts[-1] == entry[name + "_count"], f"{name}{rest}: +Inf is not the count"
        assert name + "_sum" in entry


def metrics(path):
    text = open(path, encoding="utf-8", newline="").read()
    assert text.endswith("\n") and "\r" not in text
    types, helps, families, seen, current = {}, set(), {}, set(), None
    for line in text[:-1].split("\n"):
        assert line, "an empty line"
        if line.startswith("# HELP "):
            name, words = line[7:].split(" ", 1)
            assert name not in helps and words, line
            helps.add(name)
            current = name
        elif line.startswith("# TYPE "):
            name, kind = line[7:].split(" ")
            assert kind in TYPES and name not in types and name == current and name not in families, line
            types[name] = kind
        else:
            match = SAMPLE.fullmatch(line)
            assert match, f"no sample: {line}"
            name, labels, value = match[1], match[2] or "", float(match[3])
            family = family_of(name, types)
            assert family in types and family == current, f"{name} stands outside its group"
            pairs = tuple(tuple(pair.split("=", 1)) for pair in re.findall(LABEL, labels))
            pairs = tuple((key, text[1:-1]) for key, text in pairs)
            assert len({key for key, _ in pairs}) == len(pairs)
            assert (name, pairs) not in seen, f"{line} twice"
            seen.add((name, pairs))
            assert types[family] != "counter" or (name.endswith("_total") and value >= 0), line
            families.setdefault(family, []).append((name, pairs, value))
            print(line)
    assert helps == set(types) == set(families), "a name without HELP, TYPE or sample"
    for name, samples in families.items():
        if types[name] == "histogram":
            check_histogram(name, samples)


def lines(paths):
    for path in paths:
        for line in open(path, encoding="utf-8"):
            entry = json.loads(line)
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", entry["time"]), line
            assert entry["level"] in ("error", "warning", "info", "debug") and entry["event"], line
            print(entry["event"], entry.get("job", "-"), entry.get("message", ""))


def ends(pid, url):
    began, found = threading.Barrier(7), []

    def ask():
        connection, last, asked = http.client.HTTPConnection(url.removeprefix("http://"), timeout=60), {}, 0
        try:
            while True:
                connection.request("GET", "/metrics")
                page = connection.getresponse().read().decode()
                now = {name: float(value) for name, value in re.findall(r"^(\w+_total) (\S+)$", page, re.M)}
                found.extend(f"{name} {last[name]} -> {now[name]}" for name in last if now[name] < last[name])
                last, asked = now, asked + 1
                if asked == 20:
                    began.wait(60)
        except (OSError, http.client.HTTPException):
            pass

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    began.wait(60)
    os.kill(int(pid), signal.SIGTERM)
    for thread in threads:
        thread.join()
    assert not found, found


def notify(name, path):
    heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    heard.bind("\0" + name[1:] if name.startswith("@") else name)
    with open(path, "a", buffering=1, encoding="utf-8") as out:
        print("listening", file=out)
        while True:
            print(heard.recv(4096).decode().replace("\n", " "), file=out)


if __name__ == "__main__":
    what, *arguments = sys.argv[1:]
    if what == "json":
        lines(arguments)
    else:
        {"metrics": metrics, "ends": ends, "notify": notify}[what](*arguments)
