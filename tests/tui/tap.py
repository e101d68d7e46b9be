"""Cases as TAP: a function a case, its name the words; SKIP is raised with the reason.

Words of the command line choose cases; K/N instead takes every Nth of all, from the Kth on.
"""
import re
import signal
import sys
import traceback


class Skip(Exception):
    pass


def stop(number, _frame):
    """What a case has started ends with it, also when the whole run is ended."""
    sys.exit(128 + number)


def chosen(cases, wanted):
    part = re.fullmatch(r"([1-9]\d*)/([1-9]\d*)", wanted[0]) if len(wanted) == 1 else None
    if part:
        return cases[int(part[1]) - 1::int(part[2])]
    return [case for case in cases if not wanted or any(word in case.__name__ for word in wanted)]


def run(cases):
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, stop)
    cases = chosen(cases, sys.argv[1:])
    bad = 0
    print("1..%d" % len(cases), flush=True)
    for number, case in enumerate(cases, 1):
        name = case.__name__.replace("_", " ")
        try:
            case()
            print("ok %d - %s" % (number, name), flush=True)
        except Skip as reason:
            print("ok %d - %s # SKIP %s" % (number, name, reason), flush=True)
        except Exception as problem:            # noqa: whatever it is, the case failed
            bad += 1
            print("not ok %d - %s" % (number, name), flush=True)
            words = str(problem) if type(problem).__name__ in ("Gone", "AssertionError") else traceback.format_exc()
            print("\n".join("# " + line for line in words.splitlines()), flush=True)
    return 1 if bad else 0
