"""Updates that are killed: ``python -m tests.killing ROOMS BUILD DATASET TIMES [LARGE MANY]``.

The dataset comes to the build and goes from it by turns, beside the dataset LARGE (as it is where more than MANY findings are
many) or by itself, and each time the update is killed at a random moment. What is there then must be one of the two graphs,
whole. Whoever is killed is a child, which shares nothing that is open; what children would load each, such as the library that
pools, is loaded before.
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
import pyoxigraph as ox
import pyshacl  # noqa: F401

from kg import build, manifests
from kg.bulk import sources
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


def only_an_update(step):
    """Nothing else is to be killed here."""
    assert not step.startswith("building anew"), step


def texts(out):
    """The files that have the current build as text, with what is gone from them."""
    manifest = manifests.read_manifest(out)
    names = [*manifest["files"], *filter(None, [manifest["gone"]])]
    return {name: (current_generation(out) / name).read_bytes() for name in names}


def as_told(out):
    """What these files say together."""
    store, gone = ox.Store(), manifests.gone_from(out)
    for path in manifests.files_of(out):
        store.bulk_load(path=str(path), format=ox.RdfFormat.N_QUADS)
    for quad in ox.parse(path=str(gone), format=ox.RdfFormat.N_QUADS) if gone else ():
        assert quad in store, f"{quad} is told to be gone, and was not there"
        store.remove(quad)
    return list(store)


def see_that_it_is_one_of(out, graphs):
    """Files and store of the current build are those of one of the two graphs."""
    assert texts(out) in graphs, "the files are neither of before nor of after"
    told, held = ([*map(str, quads)] for quads in (as_told(out), Embedded.open(out).quads()))
    assert len(held) == len(told), "the store does not hold what the files say"
    assert {line for line in set(held) ^ set(told) if "_:" not in line} == set(), "the store says something else"


def main(rooms, out, dataset, times, large=None, many=sources.ONE_BY_ONE):
    """Gives how many updates were killed before they became current, and how many after, or not at all."""
    rooms, out, dataset, chance = Rooms(Path(rooms)), Path(out), Path(dataset).resolve(), random.Random(0)
    beside = [Path(large)] if large else []
    sources.ONE_BY_ONE = int(many)

    def turn():
        extra = beside if dataset in manifests.built_with(out) else [*beside, dataset]
        build.build(rooms, out, "rules", only_an_update, extra)

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
