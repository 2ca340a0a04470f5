"""A picture's size does not show in memory: its base64 is made while it is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.measure import once
from tests.bench.subjects import LOCAL, ask, large_jpeg
from tests.mock import Mock
from tests.program import KEY, environment

SIZE = 200_000_000


@pytest.mark.parametrize("source", ["file", "stdin"])
def test_200_mb_cost_10_mb_at_most(mock: Mock, tmp_path: Path, source: str) -> None:
    env = environment(mock.env(KEY) | {"VLLM_BASE_URL": f"{mock.url}/v1"})
    small = once(ask(large_jpeg(tmp_path / "small.jpg", 1000), *LOCAL), env)
    large = large_jpeg(tmp_path / "large.jpg", SIZE)
    if source == "file":
        run = once(ask(large, *LOCAL), env)
    else:
        run = once(ask("-", *LOCAL), env, stdin=large)
    assert (small.status, run.status) == (0, 0)
    assert mock.posts[-1].length > SIZE * 4 / 3
    assert run.kilobytes - small.kilobytes < 10 << 10
