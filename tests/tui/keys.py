"""The key table of the program's own source, and keys as tmux spells them."""
import os
import re

NAMES = {"Esc": "Escape", "PgUp": "PPage", "PgDn": "NPage", "S-Tab": "BTab", "Insert": "IC", "Delete": "DC", "BSpace": "BSpace"}


def key_table():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "src", "command", "keys.c")
    with open(path, encoding="utf-8") as source:
        return re.findall(r'\{"(\w+)", "([^"]+)", "([^"]+)",', source.read())


def tmux_key(name):
    return (NAMES.get(name, name),)
