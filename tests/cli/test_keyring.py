"""`vision keys` where the system has a keyring: open, locked, broken, dead or hanging."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.mock import Mock
from tests.program import CAT, KEY, vision

from .keeping import MODEL, Keys, addresses, env, file, kept, keys, sent, shown

__all__ = ["addresses", "env", "file", "keys"]

BACKEND = """
import json, os, sys
from pathlib import Path
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

PLACE = Path(os.environ["FAKE_KEYRING"])
sys.stdout.write("what a library prints")


class Keyring(KeyringBackend):
    priority = 5

    def _noted(self):
        with (PLACE / "seen").open("ab") as seen:
            seen.write(repr((sys.argv, dict(os.environ))).encode() + b"\\n")
        how = os.environ["FAKE_IS"]
        if how == "locked":
            raise KeyringLocked("sk-canary-0123456789abcdefWXYZ")
        if how == "broken":
            raise RuntimeError("sk-canary-0123456789abcdefWXYZ")
        if how == "dead":
            os._exit(3)

    def get_password(self, service, name):
        self._noted()
        file = PLACE / f"{service} {name}"
        return file.read_text() if file.exists() else None

    def set_password(self, service, name, text):
        self._noted()
        (PLACE / f"{service} {name}").write_text(text)

    def delete_password(self, service, name):
        self._noted()
        (PLACE / f"{service} {name}").unlink()
"""

SPY = """
for process in (os.getpid(), os.getppid()):
    for name in ("cmdline", "environ"):
        said = Path(f"/proc/{process}/{name}").read_bytes()
        (PLACE / f"proc-{process}-{name}").write_bytes(said)
"""


@pytest.fixture
def ring(tmp_path: Path) -> dict[str, str]:
    """A keyring of the tests; FAKE_IS: open, locked, broken, dead."""
    pytest.importorskip("keyring")
    folder = tmp_path / "ring"
    folder.mkdir()
    (folder / "fake_keyring.py").write_text(BACKEND)
    return {
        "PYTHONPATH": str(folder),
        "PYTHON_KEYRING_BACKEND": "fake_keyring.Keyring",
        "FAKE_KEYRING": str(folder),
        "FAKE_IS": "open",
    }


def test_where_there_is_a_keyring_the_key_is_in_it_alone(
    keys: Keys, env: dict[str, str], addresses: dict[str, str], mock: Mock, file: Path, ring: Any
) -> None:
    done = keys("set", "openai", stdin=KEY.encode(), more=ring)
    assert done.status == 0, done
    assert "is kept in the keyring" in done.err
    assert kept(file) == {"openai": {"keyring": True}}
    inside = Path(ring["FAKE_KEYRING"], "visioncli openai")
    assert inside.read_text() == KEY
    listed = keys("list", "--json", more=ring)
    assert [one["source"] for one in listed.objects] == ["keyring"]
    asked = vision("ask", "-m", MODEL, CAT, "q", env={**env, **addresses, **ring})
    assert (asked.status, sent(mock)) == (0, {f"Bearer {KEY}"}), asked
    for one in (done, listed, asked):
        assert KEY not in shown(one)
    assert KEY not in Path(ring["FAKE_KEYRING"], "seen").read_text()  # no words, no environment
    assert keys("remove", "openai", more=ring).status == 0
    assert not inside.exists()
    assert kept(file) == {}


@pytest.mark.parametrize(
    ("how", "said"),
    [("locked", "it is locked"), ("broken", "it fails"), ("dead", "it cannot be asked")],
)
def test_a_keyring_that_gives_nothing_is_told(
    keys: Keys,
    env: dict[str, str],
    addresses: dict[str, str],
    mock: Mock,
    file: Path,
    ring: Any,
    how: str,
    said: str,
) -> None:
    assert keys("set", "openai", stdin=KEY.encode(), more=ring).status == 0
    ring["FAKE_IS"] = how
    asked = vision("ask", "-m", MODEL, CAT, "q", env={**env, **addresses, **ring})
    assert asked.status == 4
    assert f"the keyring does not give openai's key ({said}" in asked.err
    removed = keys("remove", "openai", more=ring)
    assert removed.status == 4
    assert "may still be in the keyring" in removed.err
    assert kept(file) == {}
    again = keys("set", "openai", stdin=KEY.encode(), more=ring)
    assert again.status == 0
    assert f"the keyring was not used: {said}" in again.err
    assert kept(file) == {"openai": {"key": KEY}}
    assert vision("ask", "-m", MODEL, CAT, "q", env={**env, **addresses, **ring}).status == 0
    for one in (asked, removed, again):
        assert "canary" not in shown(one)


def test_a_keyring_that_hangs_is_given_up(ring: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from visioncli.auth import system_keyring

    slow = "\n    def get_password(self, service, name):\n        import time; time.sleep(600)\n"
    module = Path(ring["FAKE_KEYRING"], "fake_keyring.py")
    module.write_text(BACKEND + slow)
    for name, value in ring.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(system_keyring, "TIMEOUT", 2.0)
    monkeypatch.setattr(system_keyring, "ASKED", 2.0)
    with pytest.raises(system_keyring.Unavailable, match="no answer within 2 s"):
        system_keyring.get("openai")
    monkeypatch.delattr(system_keyring.subprocess, "run")  # the next does not wait for it again
    with pytest.raises(system_keyring.Unavailable, match="no answer within 2 s"):
        system_keyring.get("openai")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_a_key_is_in_no_list_of_processes(keys: Keys, ring: Any, tmp_path: Path) -> None:
    """Whatever is started, as the system sees it: its words and its environment."""
    module = Path(ring["FAKE_KEYRING"], "fake_keyring.py")
    module.write_text(BACKEND + SPY)
    assert keys("set", "openai", stdin=KEY.encode(), more=ring).status == 0
    looked = list(Path(ring["FAKE_KEYRING"]).glob("proc-*"))
    assert looked
    assert any(b"keyring_process" in f.read_bytes() for f in looked)
    assert not [f for f in looked if KEY.encode() in f.read_bytes()]
