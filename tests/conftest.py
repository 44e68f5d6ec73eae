"""Shared by all tests: where CI is true a skipped test fails, so that a missing part can't hide."""

import gc
import os

import pytest


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    # The collector's last walk at exit, over Struct types that hypothesis and others left in cycles, crashes in msgspec now and
    # then (StructMeta_clear): what is frozen is not walked.
    gc.freeze()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    outcome = yield
    report = outcome.get_result()
    if os.environ.get("CI") == "true" and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped where CI=true: {report.longrepr}"
