"""Where libmagic comes from: with the package, else from the system, else a clean error."""

from __future__ import annotations

import ctypes.util
import subprocess
import sys
import types
from collections.abc import Iterator
from pathlib import Path

import pytest

from visioncli.core.errors import VisionError
from visioncli.images import sniff

from .made import CAT

PACKAGED = pytest.mark.skipif(sniff._pylibmagic() is None, reason="there is no pylibmagic here")


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    sniff._magic.cache_clear()
    yield
    sniff._magic.cache_clear()


def run(*lines: str) -> str:
    begin = (f"head = open({str(CAT)!r}, 'rb').read(64)", "from visioncli.images import sniff")
    done = subprocess.run(
        [sys.executable, "-c", "\n".join((*begin, *lines))],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.stderr == ""
    return done.stdout.strip()


@PACKAGED
@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs Linux's /proc")
def test_the_packages_own_library_is_the_one_that_is_loaded() -> None:
    loaded = run(
        "assert sniff.media_type(head) == 'image/jpeg'",
        "print(*{l.split()[-1] for l in open('/proc/self/maps') if 'libmagic.' in l})",
    )
    library, _ = sniff._pylibmagic() or ("", "")
    assert loaded == str(Path(library).resolve())


@PACKAGED
@pytest.mark.parametrize("loaded_before", [True, False])
def test_the_search_is_not_begun_and_is_there_again_afterwards(*, loaded_before: bool) -> None:
    lines = (
        "import sys, ctypes.util, subprocess",
        "def begun(*_, **__): raise AssertionError('searched')",
        "subprocess.Popen.__init__ = begun",
        f"if not {loaded_before}: del ctypes.util, sys.modules['ctypes.util']",
        "before = sys.modules.get('ctypes.util')",
        "assert sniff.media_type(head) == 'image/jpeg'",
        "assert sys.modules.get('ctypes.util') is before",
        "import ctypes.util",
        "print(hasattr(ctypes.util, 'test'), callable(ctypes.util.find_library))",
    )
    assert run(*lines) == "True True"


def test_without_the_package_the_systems_is_searched_for() -> None:
    lines = (
        "import ctypes.util",
        "seen, search = [], ctypes.util.find_library",
        "ctypes.util.find_library = lambda name: seen.append(name) or search(name)",
        "sniff._pylibmagic = lambda: None",
        "try: sniff.media_type(head)",
        "except sniff.VisionError: pass  # there need be none here",
        "print(seen[0])",
    )
    assert run(*lines) == "magic"


def test_where_there_is_none_at_all_one_clean_line_says_so() -> None:
    lines = (
        "import ctypes",
        "def none(*a, **k): raise OSError('no such library')",
        "ctypes.CDLL = none",
        "try: sniff.media_type(head)",
        "except sniff.VisionError as e: print(e.exit, e.code, e.message, '|', e.hint)",
    )
    assert run(*lines) == (
        "1 libmagic libmagic cannot be loaded: failed to find libmagic.  Check your installation"
        " | pip install --force-reinstall pylibmagic"
    )


@PACKAGED
@pytest.mark.parametrize(
    ("elsewhere", "said"), [("database", "image/jpeg"), ("'/nope'", "libmagic")]
)
def test_without_the_packages_database_the_systems_is_taken(elsewhere: str, said: str) -> None:
    """As it is, too, where somebody has loaded another libmagic before, of another version."""
    lines = (
        "import os",
        "library, database = sniff._pylibmagic()",
        f"os.environ['MAGIC'] = {elsewhere}",
        "sniff._pylibmagic = lambda: (library, database + '.gone')",
        "try: print(sniff.media_type(head))",
        "except sniff.VisionError as e: print(e.code)",
    )
    assert run(*lines) == said


def test_without_python_magic_one_clean_line_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "magic", None)
    before = sys.modules["ctypes.util"]
    with pytest.raises(VisionError, match="libmagic cannot be loaded: ") as told:
        sniff.media_type(b"x")
    assert (told.value.exit, told.value.code) == (1, "libmagic")
    assert sys.modules["ctypes.util"] is before is ctypes.util


def test_a_failure_inside_libmagic_is_a_type_that_nobody_knows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class MagicException(Exception):
        pass

    class Magic:
        def __init__(self, **_: object) -> None:
            """Loads nothing."""

        def from_buffer(self, _: bytes) -> str:
            raise MagicException("line I/O regex error 14")

    module = types.SimpleNamespace(Magic=Magic, MagicException=MagicException)
    monkeypatch.setitem(sys.modules, "magic", module)
    assert sniff.media_type(b"x") == sniff.UNKNOWN
    assert sniff.picture_type(b"x") is None


def test_one_photograph_loads_nothing_that_it_does_not_need() -> None:
    heavy = ("PIL", "httpx", "httpcore", "ssl", "tempfile", "asyncio", "email", "numpy")
    lines = (
        "import sys",
        "from visioncli.core.target import Provider",
        "from visioncli.images import limits, sources",
        "row = Provider(name='acme', dialect='openai_chat')",
        "how = dict(media_type=None, inline=False, timeout=1.0, stdin=None)",
        f"p = sources.load({str(CAT)!r}, provider=row, allow_private=False, **how)",
        "limits.check([p], row, request_bytes=0)",
        "assert p.facts().width == 451",
        f"print(sorted({set(heavy)!r} & set(sys.modules)))",
    )
    assert run(*lines) == "[]"
