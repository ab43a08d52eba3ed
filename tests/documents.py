"""Documents whose commands and code are run: what stands in their fenced blocks, and a reader who follows them."""

import contextlib
import io
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from kg import cli

ROOT = Path(__file__).parent.parent
_FENCED = re.compile(r"^```(?P<language>[\w-]*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
#: How a document says that the block below is to be saved as a file.
_SAVED = re.compile(r" as `(?P<name>[\w.-]+)`[^`\n]*:\s*\Z")
#: Where the tutorials say that ``kg serve`` listens.
SERVED = "http://127.0.0.1:8000"


@dataclass(frozen=True)
class Block:
    """A fenced block; ``saved`` is the name of the file that the reader is told to save it as."""

    language: str
    text: str
    saved: str | None


def blocks(path):
    """The fenced blocks of a document, in order."""
    text = path.read_text(encoding="utf-8")
    for match in _FENCED.finditer(text):
        told = _SAVED.search(text[: match.start()])
        yield Block(match["language"], match["text"], told and told["name"])


def commands(block):
    """Each command of a ``console`` block, with the output that is shown below it."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def see(shown, printed):
    """Each line that a document shows is one that was printed; … stands for what is left out."""
    lines = [line.strip() for line in printed.splitlines()]
    for line in (line.strip() for line in shown.splitlines()):
        if line and line != "…":
            pattern = ".*".join(re.escape(part.strip()) for part in line.split("…"))
            assert any(re.match(pattern, each) for each in lines), f"not printed: {line}\n\n{printed[:3000]}"


class Reader:
    """Follows a document word by word, in an empty folder, over a graph that is built already."""

    def __init__(self, folder, graph, built, served):
        self._folder, self._graph, self._served = folder, graph, served
        self._store = str(built)
        self._names = {}
        self._printed = None

    def follow(self, document):
        """Do all that the document says; any output that it shows must come."""
        for block in blocks(document):
            if block.saved:
                (self._folder / block.saved).write_text(block.text, encoding="utf-8")
            else:
                getattr(self, f"_{block.language}", self._unknown)(block.text)

    def _unknown(self, text):
        pytest.fail(f"a block that nobody runs; make it console, python, sparql, or a file to save:\n{text}")

    def _console(self, text):
        for command, output in commands(text):
            see(output, self._run(command))

    def _python(self, text):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(text, "document", "exec"), self._names)
        self._printed = out.getvalue()

    def _text(self, text):
        """What the Python above prints."""
        see(text, self._printed)

    def _sparql(self, text):
        assert len(self._graph.query(text)) > 0, text

    def _run(self, command):
        words = shlex.split(command)
        if command.startswith("kg serve"):
            assert cli.main.commands["serve"].make_context("serve", words[2:])
            return ""
        if words[0] == "kg":
            return self._kg(words[1:])
        if words[0] == "curl":
            return self._curl(words)
        if words[0] == "openssl":
            return self._openssl(words)
        if words[0] == "python":
            return subprocess.run([sys.executable, *words[1:]], capture_output=True, text=True, check=True).stdout
        return self._prepared(command, words)

    def _kg(self, words):
        words = [word.replace(SERVED, self._served) for word in words]
        words, into = (words[:-2], words[-1]) if words[-2:-1] == [">"] else (words, None)
        done = CliRunner().invoke(cli.main, words, env={"KG_STORE": self._store})
        if into:
            (self._folder / into).write_text(done.stdout, encoding="utf-8")
        assert done.exit_code in (0, 1), done.output
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        if words[0] == "build":
            self._store = str(self._folder / "build")
        return done.output

    def _curl(self, words):
        if not shutil.which("curl"):
            pytest.skip("no curl here")
        called = [word.replace(SERVED, self._served) for word in words]
        done = subprocess.run([*called, "--silent", "--show-error"], capture_output=True, text=True, check=True)
        return done.stdout.replace(self._served, SERVED)

    def _openssl(self, words):
        if not shutil.which("openssl"):
            pytest.skip("no openssl here")
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout

    def _prepared(self, command, words):
        """What makes an environment was done before the tests: only see that it can be done so."""
        if words[:2] == ["pip", "install"]:
            known = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
            extras = re.search(r"\[(.*)\]", command)
            assert not extras or set(extras[1].split(",")) <= known.keys(), command
        elif words[0].startswith("scripts/"):
            assert (ROOT / words[0]).stat().st_mode & 0o100, command
        else:
            assert command in ("python3 -m venv .venv", ". .venv/bin/activate"), (
                f"a command that nobody runs: {command}"
            )
        return ""
