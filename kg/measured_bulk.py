"""What it takes to bring a large dataset in, phase by phase, beside the bare loading of the same quads.

What follows from the rows is left out: it is the same work however they came in.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.bulk.engines import OnThisMachine
from kg.bulk.sources import LARGE
from kg.corpus import read_corpus
from kg.doors import guarded
from kg.errors import KgError
from kg.ontology import read_axioms, superclasses
from kg.resources import shipped
from kg.store.embedded import Embedded
from kg.streaming import screen, write_parts


def main() -> None:
    """Bring in the dataset in the folder that is named, say what each phase took."""
    if len(sys.argv) < 2 or not Path(sys.argv[1]).is_dir():
        raise KgError("name the folder of a dataset: scripts/bench bulk FOLDER [PLACE FOR TEMPORARY FILES]")
    place = sys.argv[2] if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory(dir=place) as work:
        _measure(Path(sys.argv[1]), Path(work))


def _measure(folder: Path, work: Path) -> None:
    rooms = shipped()
    with _phase("read the rest"):
        corpus, axioms = read_corpus(rooms, [folder], {folder: LARGE}), read_axioms(rooms)
    engine = OnThisMachine(work)
    with _phase("screen"):
        tables = screen(engine, rooms, corpus, superclasses(axioms), [folder], work)
    with _phase("write quads"):
        parts = list(write_parts(engine, tables, corpus, work))
    store = Embedded.create(work / "store")
    with _phase(f"load {sum(path.stat().st_size for path in parts) / 1e9:.1f} GB of parts"):
        for path in parts:
            store.load_quads(path)
    with _phase("optimise"):
        store.finish()
    with _phase("count"):
        print(f"{len(store):,} quads")


@contextmanager
def _phase(what: str) -> Iterator[None]:
    start, spent = time.monotonic(), time.process_time()
    yield
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    took, worked = time.monotonic() - start, time.process_time() - spent
    print(f"{what:28}{took:7.1f} s  {worked:7.1f} s of processors  {peak:5.2f} GiB at most", flush=True)


if __name__ == "__main__":
    guarded(main)
