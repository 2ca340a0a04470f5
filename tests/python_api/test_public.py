"""What `import visioncli` offers: all of it, typed, and nothing before it is used."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import visioncli
from visioncli.core import errors

ROOT = Path(__file__).parents[2]


def test_every_name_is_there_and_is_one_of_all() -> None:
    for name in visioncli.__all__:
        value = getattr(visioncli, name)
        if name != "__version__":
            assert value.__name__ == name
            assert value.__doc__ or issubclass(value, Exception)
    assert sorted(set(visioncli.__all__)) == visioncli.__all__
    assert set(visioncli.__all__) <= set(dir(visioncli))


def test_every_error_of_the_tree_is_public() -> None:
    tree = {
        name
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, errors.VisionError)
    }
    assert tree <= set(visioncli.__all__)


def test_a_name_that_is_none_is_said_to_be() -> None:
    with pytest.raises(AttributeError, match="module 'visioncli' has no attribute 'complete'"):
        visioncli.complete  # type: ignore[attr-defined]  # noqa: B018
    with pytest.raises(ImportError):
        from visioncli import complete  # type: ignore[attr-defined]  # noqa: F401


def loaded(code: str) -> set[str]:
    code = f"import sys; before = set(sys.modules); {code}; print(*set(sys.modules) - before)"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_a_name_loads_what_it_needs() -> None:
    assert loaded("import visioncli; dir(visioncli); visioncli.__version__") == {"visioncli"}
    tree = loaded("from visioncli import VisionError, Answer")
    assert {name.partition(".")[0] for name in tree} & {"httpx", "typer", "asyncio", "PIL"} == set()
    plain = loaded("from visioncli import completion, ask, supports_vision")
    assert "asyncio" not in plain
    used = loaded("from visioncli import *")
    assert not {"httpx", "typer", "rich", "PIL", "jsonschema", "onnxruntime"} & used


def test_a_type_checker_knows_the_public_names() -> None:
    """typed.py says what it expects, and marks what must be an error."""
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "tests/python_api/typed.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout
    assert (ROOT / "visioncli" / "py.typed").exists()
