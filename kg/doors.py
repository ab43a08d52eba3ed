"""How every door of the house closes: one line for an error that a user can mend, and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NoReturn, TypeVar

import click

from kg.errors import KgError, NothingFound, ProblemsFound

T = TypeVar("T")


def guarded(work: Callable[[], T]) -> T:
    """Do ``work``; leave with 1 where it found problems or nothing, with 2 where it could not run."""
    try:
        return work()
    except ProblemsFound as found:
        click.echo(str(found), err=True)
        count = len(found.problems)
        click.echo(f"{count} problem{'s' if count != 1 else ''}", err=True)
        sys.exit(1)
    except NothingFound as nothing:
        click.echo(f"kg: {nothing}", err=True)
        sys.exit(1)
    except KgError as error:
        stop(str(error))
    except BrokenPipeError:  # the reader of the pipe has seen enough
        _silence_stdout()
        sys.exit(0)
    except KeyboardInterrupt:
        stop("interrupted; nothing was left half-written")


def stop(message: str) -> NoReturn:
    """Leave with exit code 2 and one line."""
    click.echo(f"kg: {message}", err=True)
    sys.exit(2)


def _silence_stdout() -> None:
    """Keep the interpreter from complaining, at its end, that nobody reads any more."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
