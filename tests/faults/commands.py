"""Runs commands one after another, each in a process of its own; `python -m tests.faults.commands '[["status"], ...]'`.

Prints a JSON list of [exit code, what was printed, errors included].
"""

from __future__ import annotations

import json
import sys

import search.searcher  # so that the processes need not import it one by one
from search import cli
from tests.faults.children import ended

assert search.searcher

if __name__ == "__main__":
    print(json.dumps([ended(lambda command=command: cli.main(command)) for command in json.loads(sys.argv[1])]))
