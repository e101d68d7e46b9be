"""Small files to load: pieces of the published ones where they are, else generated ones of the same shape."""
import csv
import glob
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PIECE = 220                         # rows of a piece; each shares a quarter of them with the one before


def read(path):
    csv.field_size_limit(1 << 24)
    with open(path, encoding="utf-8", errors="surrogateescape", newline="") as file:
        rows = list(csv.reader(file))
    return rows[0], rows[1:]


def write(path, rows):
    with open(path, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


def sources(folder):
    published = sorted(glob.glob(os.path.join(os.environ.get("YTEMPIRE_SHARED", os.path.join(HERE, "../../../shared")),
                                              "data/trending/*.csv")))
    if published:
        return published
    print("SKIPPED: the published files are not here; generated ones are loaded", file=sys.stderr)
    sys.path.insert(0, os.path.join(HERE, "..", "bench"))
    import ingest_rows
    made = [os.path.join(folder, "made%d.csv" % seed) for seed in (1, 2)]
    for seed, path in enumerate(made, 1):
        ingest_rows.write(path, 2000, seed)
    return made


def pieces(folder, random, count):
    """Writes `count` pieces that overlap, taken from all files in turn."""
    found, step = [], PIECE * 3 // 4
    for path in sources(folder):
        header, rows = read(path)
        starts = list(range(0, max(1, len(rows) - PIECE // 4), step))
        drawn = random.sample(starts, min(count, len(starts)))
        found.append([(path, header, rows[start:start + PIECE]) for start in drawn])
    made = []
    for turn in range(count):
        for of_file in found:
            if turn < len(of_file) and len(made) < count:
                path, header, rows = of_file[turn]
                name = os.path.join(folder, "%02d-%s" % (len(made), os.path.basename(path)))
                write(name, [header] + rows)
                made.append(name)
    return made
