"""The two servers, one of each a test process, and the installed program pointed at them."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator

import pytest

from tests.foreign import servers
from tests.foreign.servers import Server
from tests.foreign.ways import ENV, Way
from tests.program import CAT, HORSE, Done, vision

Ask = Callable[..., Done]


@pytest.fixture(scope="session")
def _aimock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if not servers.AIMOCK:
        pytest.skip("aimock is not there: npm install @copilotkit/aimock, see CONTRIBUTING.md")
    with servers.aimock(tmp_path_factory.mktemp("aimock")) as server:
        yield server


@pytest.fixture
def aimock(_aimock: Server) -> Server:
    """It answers after answers.json, by the words of the question."""
    _aimock.call("/__aimock/reset/journal")
    return _aimock


@pytest.fixture(scope="session")
def _llmock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if importlib.util.find_spec("llmock") is None:
        pytest.skip("llmock is not installed: pip install -e '.[dev]'")
    with servers.llmock(tmp_path_factory.mktemp("llmock")) as server:
        yield server


@pytest.fixture
def llmock(_llmock: Server) -> Server:
    """It does what its scenario says, and keeps an eye on who asks it. Ours, not its plugin's."""
    _llmock.call("/_llmock/reset")
    return _llmock


@pytest.fixture
def ask() -> Ask:
    """`vision ask` with two real pictures, at a server, by a way."""

    def run(server: Server, way: Way, question: str, *words: str) -> Done:
        at = ("-m", way.model, "--base-url", server.url + way.base)
        return vision("ask", *at, *words, HORSE, CAT, question, env=ENV)

    return run
