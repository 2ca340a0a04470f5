"""Where Ray is not installed."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.program import vision


@pytest.mark.skipif(find_spec("ray") is not None, reason="Ray is installed here")
def test_how_to_get_it_is_said(tmp_path: Path) -> None:
    listed = tmp_path / "list"
    listed.write_text("a.png\n")
    done = vision("ask", "--from", listed, "--engine", "ray", "-m", "local/eyes", "What is this?")
    assert done.status == 2
    assert "--engine ray needs Ray" in done.err
    assert "pip install 'visioncli[ray]'" in done.err
