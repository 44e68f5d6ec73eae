"""What the lab's tests share: the machine's HAProxy, and every scenario's outcome on it, played once."""

import asyncio
from pathlib import Path

import pytest

from tests.lab.judge import settled
from tests.lab.record import all_scenarios
from tests.lab.scenario import Outcome
from tests.lab.versions import MISSING, Build, own


@pytest.fixture(scope="session")
def haproxy() -> Build:
    """The HAProxy to test on. Without one the lab is skipped (in CI a skip fails: there it must be installed)."""
    return own() or pytest.skip(MISSING)


@pytest.fixture(scope="session")
def outcomes(haproxy: Build, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """The outcome of every scenario that this version can run."""
    folder: Path = tmp_path_factory.mktemp("lab")
    return asyncio.run(settled(all_scenarios(), haproxy, folder))
