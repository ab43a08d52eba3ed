"""How every door of the house closes: one line for an error that a user can mend, and an exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn, TypeVar

import click

from kg.errors import KgError, NothingFound, ProblemsFound

T = TypeVar("T")


def guarded(work: Callable[[], T]) -> T:
    """Do ``work``; leave with 1 where it found problems or nothing, with 2 where it could not run."""
    try:
        done = work()
        sys.stdout.flush()
        return done  # noqa: TRY300 - what is printed may fail as late as here
    except ProblemsFound as found:
        click.echo(str(found), err=True)
        count = len(found.problems)
        more = "; more may show once these are mended: what cannot be read cannot be checked"
        click.echo(f"{count} problem{'s' if count != 1 else ''}{more}", err=True)
        sys.exit(1)
    except NothingFound as nothing:
        click.echo(f"kg: {nothing}", err=True)
        sys.exit(1)
    except KgError as error:
        stop(str(error))
    except BrokenPipeError:  # the reader of the pipe has seen enough
        _silence_stdout()
        sys.exit(0)
    except OSError as error:
        stop(_of_the_system(error))
    except KeyboardInterrupt:
        stop("interrupted; nothing was left half-written")


def stop(message: str) -> NoReturn:
    """Leave with exit code 2 and one line."""
    click.echo(f"kg: {message}", err=True)
    sys.exit(2)


def _of_the_system(error: OSError) -> str:
    """What the system refused, told of the file or, where it names none, of standard output."""
    if error.filename is not None:
        return f"{error.filename}: cannot be read or written ({error.strerror}); see that it is there and that you may"
    _silence_stdout()
    return f"standard output cannot be written ({error.strerror or error}); send it elsewhere, or free some space"


def _silence_stdout() -> None:
    """Keep the interpreter from complaining, at its end, that nobody reads any more."""
    import os

    with suppress(OSError):  # in a notebook or a test, standard output is no file
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
