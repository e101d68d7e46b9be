"""Cases: files that change under a running console."""
import json
import os
import re
import shutil
import tempfile
import time

from terminal import DEADLINE, Terminal

MODEL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "queries", "model")


def write(folder, name, text):
    """Whole or not at all, as an editor does."""
    path = os.path.join(folder, name)
    with open(path + "~", "w", encoding="utf-8") as out:
        out.write(text)
    os.rename(path + "~", path)


def cube(measure):
    return json.dumps({"cubes": [{"name": "Tried", "sql_table": "analytics.dim_channel",
                                  "measures": {measure: {"type": "count"}}}]}, indent=1)


def ask(t, line, shown):
    t.type(line)
    t.key("Enter")
    t.wait_for(shown)


def a_model_that_changes_is_read_anew_and_a_broken_file_is_told():
    folder = tempfile.mkdtemp(prefix="ytempire-model.")
    try:
        for name in os.listdir(MODEL):
            shutil.copy(os.path.join(MODEL, name), folder)
        write(folder, "tried.json", cube("first_tries"))
        with Terminal(24, 100) as t:
            t.start("--local", "--model", folder)
            t.wait_for("ytempire>")
            ask(t, "first_tries", r"1 row")
            write(folder, "tried.json", cube("second_tries"))
            t.wait_for("the model was read anew")
            t.type("second_")
            t.key("Tab")
            t.wait_for(r"ytempire> second_tries")
            t.key("Enter")
            t.wait_for(r"┌ second_tries .* 1 row")
            write(folder, "tried.json", '{\n  "cubes": [ nonsense ]\n}\n')
            t.wait_for(r"tried\.json:2:14: not JSON")
            ask(t, "videos", r"┌ videos")
            ask(t, "second_tries", r"unknown measure 'second_tries'")
            write(folder, "tried.json", cube("third_tries"))
            t.wait_for("the model was read anew")
            assert re.search("third_tries", t.text()) is None
    finally:
        shutil.rmtree(folder)


def a_saved_query_is_completed_and_found_in_the_palette():
    with Terminal(24, 100) as t:
        t.start("--local")
        t.wait_for("ytempire>")
        ask(t, "save tried videos where category = :category", "'tried' is saved in")
        t.type("run tr")
        t.key("Tab")
        t.wait_for("ytempire> run tried")
        t.key("C-u")
        t.key("F3")
        t.wait_for("┌ palette")
        t.type("run tried")
        t.wait_for("│>run tried +videos where")
        t.key("Enter")
        t.wait_for("ytempire> run tried category=")
        t.type("Music")
        t.key("Enter")
        t.wait_for(r"┌ run tried category=Music .* 1 row")
        ask(t, "save tried videos", "is saved as: videos where category = :category")
        t.type("n")
        t.wait_for("not confirmed")


def keys_of_the_cache_are_completed_and_never_waited_for():
    with Terminal(24, 100) as t:
        t.start("--local")
        t.wait_for("ytempire>")
        ask(t, "cache warm executive_dashboard", r"executive_dashboard +\d")
        t.type("cache get executive:ac")
        line = "ytempire> cache get executive:active_channels"
        until = time.monotonic() + DEADLINE
        while not t.has("executive:active_channels"):
            assert time.monotonic() < until, "the key never comes\n" + t.text()
            t.key("Tab")
            time.sleep(0.2)
        if line not in t.text():        # it is offered; as the only one that is known it is in the line already
            t.key("Enter")
            t.wait_for(line)
        t.key("Enter")
        t.wait_for(r"┌ .*executive:active_channels .* 1 row")


CASES = [
    keys_of_the_cache_are_completed_and_never_waited_for,
    a_saved_query_is_completed_and_found_in_the_palette,
    a_model_that_changes_is_read_anew_and_a_broken_file_is_told,
]
