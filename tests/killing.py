"""Updates that are killed: ``python -m tests.killing ROOMS BUILD DATASET TIMES [SEED]``.

The dataset comes to the build and goes from it by turns, and each time the update is killed at a random moment. What is
there then must be one of the two graphs, whole. Whoever is killed is a child, which shares nothing that is open; what children
would load each, such as the library that pools, is loaded before.
"""

import json
import os
import random
import signal
import sys
import time
import traceback
from pathlib import Path

import meta_analyze  # noqa: F401
import pyshacl  # noqa: F401

from kg import build, manifests
from kg.generations import current_generation
from kg.resources import Rooms
from kg.store.embedded import Embedded
from kg.updating import update  # noqa: F401


def in_a_child(work):
    """Start ``work`` in a process of its own; gives its id."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            if code:
                traceback.print_exc()
            os._exit(code)
    return child


def ended_well(child):
    return os.waitpid(child, 0)[1] == 0


def texts(out):
    """The two files of the current build."""
    return [(current_generation(out) / name).read_bytes() for name in build.WRITTEN]


def see_that_it_is_one_of(out, graphs):
    """Files and store of the current build are those of one of the two graphs."""
    assert texts(out) in graphs, "the files are neither of before nor of after"
    lines = (current_generation(out) / "kg.nq").read_text().splitlines()
    held = {f"{quad} ." for quad in Embedded.open(out).quads()}
    assert len(held) == len(lines), "the store does not hold what the files say"
    assert {line for line in held ^ set(lines) if "_:" not in line} == set(), "the store says something else"


def main(rooms, out, dataset, times, seed=0):
    """Gives how many updates were killed before they became current, and how many after, or not at all."""
    rooms, out, chance = Rooms(Path(rooms)), Path(out), random.Random(int(seed))

    def turn():
        extra = [] if manifests.built_with(out) else [Path(dataset)]
        build.build(rooms, out, "rules", extra=extra)

    graphs, took = [], 0.0
    for _ in range(2):
        start = time.monotonic()
        assert ended_well(in_a_child(turn))
        took = time.monotonic() - start
        graphs.append(texts(out))
    assert graphs[0] != graphs[1]
    told = {"before": 0, "after": 0}
    for _ in range(int(times)):
        before = current_generation(out).name
        child = in_a_child(turn)
        time.sleep(chance.uniform(0, 1.1 * took))
        os.kill(child, signal.SIGKILL)
        ended_well(child)
        told["before" if current_generation(out).name == before else "after"] += 1
        assert ended_well(in_a_child(lambda: see_that_it_is_one_of(out, graphs)))
    assert ended_well(in_a_child(turn))
    assert texts(out) in graphs
    left = [path.name for path in out.iterdir() if path.is_dir() and not path.name.startswith("graph-")]
    assert not left, f"left behind: {left}"
    return told


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
