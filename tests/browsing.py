"""A Chromium for the tests that look at pages, and what it asks for and complains of meanwhile."""

import contextlib

import pytest

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@contextlib.contextmanager
def browser():
    """A real Chromium; the test is skipped where nothing can drive one."""
    api = pytest.importorskip("playwright.sync_api", reason="pip install 'compassion-attachment-kg[browser]'")
    with api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        yield running
        running.close()


def watched(page):
    """The page, which keeps what it asks for (``asked``) and complains of (``complaints``)."""
    page.asked, page.complaints = [], []
    page.on("request", lambda asked: page.asked.append(asked.url))
    page.on("console", lambda message: page.complaints.append(message.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    return page
