"""The environments of other programs, which are measured beside ours: made once, with pinned
versions, in the user's cache folder.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from platformdirs import user_cache_path

PINS = ("llm==0.36", "litellm==1.110.2", "openai==3.57.0", "anthropic==2.14.0")
# Apart: what it brings would slow down litellm's own import. Of later ones a part is not published.
PROXY = ("litellm[proxy]==1.106.2",)
ASKED = """
import json, sys
from importlib.metadata import PackageNotFoundError, version
found = {}
for name in sys.argv[1:]:
    try: found[name] = version(name)
    except PackageNotFoundError: pass
print(json.dumps(found))
"""


def name_of(pin: str) -> str:
    return pin.partition("==")[0].partition("[")[0]


@dataclass(frozen=True)
class Peers:
    """versions: of those that are there."""

    folder: Path | None = None
    versions: Mapping[str, str] = field(default_factory=dict)

    def __contains__(self, name: str) -> bool:
        return name in self.versions

    def program(self, name: str) -> str:
        return str((self.folder or Path()) / "bin" / name)

    @property
    def python(self) -> str:
        return self.program("python")

    def missing(self, *names: str) -> tuple[str, ...]:
        return tuple(name for name in names if name not in self)


def found(folder: Path, pins: Sequence[str] = PINS) -> Peers:
    """What is there, of whatever version."""
    words = [str(folder / "bin" / "python"), "-c", ASKED, *map(name_of, pins)]
    done = subprocess.run(words, capture_output=True, check=True, text=True)
    return Peers(folder, json.loads(done.stdout))


def made(pins: Sequence[str] = PINS) -> Peers:
    """From the cache, or from the registry. What cannot be installed is left out."""
    said = "\n".join((sys.version.split()[0], *pins))
    name = f"bench-{hashlib.sha256(said.encode()).hexdigest()[:12]}"
    folder = user_cache_path("visioncli") / name
    if (folder / "whole").exists():
        return found(folder, pins)
    shutil.rmtree(folder, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    if _installed(folder, *pins) or all([_installed(folder, pin) for pin in pins]):  # noqa: C419 - every one is tried
        (folder / "whole").touch()
    return found(folder, pins)


def _installed(folder: Path, *pins: str) -> bool:
    words = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", *pins]
    return subprocess.run(words, check=False).returncode == 0
