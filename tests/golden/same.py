#!/usr/bin/env python3
"""same.py EXPECTED ACTUAL: are two CSV files the same answer? Row by row, in order; says where they part.

A number is the same whatever its scale (12 and 12.00), a moment whatever its offset; never 12 and 12.0000001. A fraction
("1/3") is compared at the scale of the answer, which must be ten digits or more unless the fraction ends before.
"""
import csv
import re
import sys
from datetime import datetime, timezone
from decimal import Decimal
from fractions import Fraction

csv.field_size_limit(1 << 26)
NUMBER = re.compile(r"[-+]?\d+(\.\d+)?\Z")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[-+]\d\d(:?\d\d)?)\Z")


def moment(text):
    text = text.replace("Z", "+00:00")
    if re.search(r"[-+]\d\d\Z", text):
        text += ":00"
    return datetime.fromisoformat(text).astimezone(timezone.utc)


def is_fraction(fraction, text):
    if not NUMBER.match(text):
        return False
    digits = len(text.partition(".")[2])
    shift = Fraction(10) ** digits
    rounded = abs(fraction) * shift + Fraction(1, 2)
    rounded = Fraction(rounded.numerator // rounded.denominator) / shift
    if Fraction(Decimal(text)) != (rounded if fraction >= 0 else -rounded):
        return False
    return digits >= 10 or Fraction(Decimal(text)) == fraction


def same(expected, actual):
    if expected == actual:
        return True
    if re.match(r"-?\d+/\d+\Z", expected):
        return is_fraction(Fraction(expected), actual)
    if NUMBER.match(expected) and NUMBER.match(actual):
        return Decimal(expected) == Decimal(actual)
    return bool(MOMENT.match(expected) and MOMENT.match(actual)) and moment(expected) == moment(actual)


def read(name):
    with open(name, newline="", encoding="utf-8") as f:
        return list(csv.reader(f))


def compare(expected, actual):
    """None, or where they part. Rows of texts, the header first."""
    if len(expected) < 2:
        return "the expected answer has no rows: it proves nothing"
    for number, (want, got) in enumerate(zip(expected, actual)):
        if len(want) != len(got) or not all(map(same, want, got)):
            return "row %d: expected %s\n       but got %s" % (number, want, got)
    if len(expected) != len(actual):
        return "%d rows expected, %d came; the first too many or too few: %s" % (
            len(expected) - 1, len(actual) - 1, actual[len(expected)] if len(actual) > len(expected)
            else expected[len(actual)])
    return None


if __name__ == "__main__":
    problem = compare(read(sys.argv[1]), read(sys.argv[2]))
    if problem:
        print(problem, file=sys.stderr)
        sys.exit(1)
