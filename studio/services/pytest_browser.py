"""Browser tests: in a Chromium that is there, skipped aloud where there is none, refused a skip in CI."""

import os
from collections.abc import Iterator

import pytest

from studio.services import chromium

BROWSER_FIXTURES = {"page", "context", "browser", "new_context"}


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    return browser_type_launch_args | {"executable_path": chromium.path(), "args": chromium.arguments()}


@pytest.fixture(scope="session")
def browser(browser: object) -> Iterator[object]:
    yield browser
    # Beside Playwright's loop the tests' thread had a connection of its own, and no database can be dropped under it.
    from django.db import connections

    connections.close_all()


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if BROWSER_FIXTURES & set(getattr(item, "fixturenames", ())):
            item.add_marker("browser")


def pytest_collection_finish(session: pytest.Session) -> None:
    if any(item.get_closest_marker("browser") for item in session.items):
        # Playwright's loop lives in the tests' thread, and Django would refuse every query beside it.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if not item.get_closest_marker("browser") or chromium.path():
        return
    if chromium.required():
        pytest.fail(f"Browser tests may not be skipped here. {chromium.HOW_TO_GET_IT}", pytrace=False)
    pytest.skip(chromium.MISSING)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [
        report
        for report in terminalreporter.stats.get("skipped", [])
        if isinstance(report.longrepr, tuple) and chromium.MISSING in report.longrepr[2]
    ]
    if skipped:
        terminalreporter.section(f"{len(skipped)} BROWSER TESTS WERE SKIPPED", sep="!", red=True, bold=True)
        terminalreporter.line(f"{chromium.MISSING}. {chromium.HOW_TO_GET_IT}")
