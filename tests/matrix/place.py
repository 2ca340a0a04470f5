"""Where a row happens: a folder of its own, a server that breaks, and the program between them."""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests import vendors
from tests.batch.pictures import png
from tests.faults.kinds import FAULTS, Fault
from tests.faults.peer import Faults, Received
from tests.program import KEY, PROGRAM, environment

from .rows import PICTURE, Row

SITE = Path(__file__).parent / "site"
IMPATIENT = {"visioncli.retry:FIRST": 0.01}  # seconds: nobody here waits for a second attempt
UNSET = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
LONGEST = 60.0  # seconds that any row may take


@dataclass(frozen=True)
class Done:
    """seconds: from its start to its end. peak: bytes that were resident at most, where a row asks
    for it ("peak" in `inside`).
    """

    status: int
    out: str
    err: str
    seconds: float = 0.0
    peak: int = 0

    @property
    def json(self) -> Any:
        (line,) = self.out.splitlines()
        return json.loads(line)


@dataclass
class Place:
    """folder: where the program is run; only what the row put there is in it. base: the address
    below which this row's fault happens.
    """

    row: Row
    folder: Path
    server: Faults
    env: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.home / "cache").mkdir(parents=True, exist_ok=True)
        self.write(PICTURE, png(7))
        for name, data in self.row.files.items():
            self.write(name, data() if callable(data) else data)
        self.env = self._environment()

    @property
    def home(self) -> Path:
        return self.folder.parent / "home"

    @property
    def base(self) -> str:
        """A path of its own tells this row's requests from any other's."""
        answer = self.row.answer
        if callable(answer):
            FAULTS[f"row-{self.row.id}"] = Fault(answer)
            answer = f"row-{self.row.id}"
        words = (answer,) if isinstance(answer, str) else answer
        return f"{self.server.at(str(words[0]), *words[1:])}/row-{self.row.id}"

    @property
    def requests(self) -> int:
        return sum(f"/row-{self.row.id}/" in path for path in self.server.asked)

    @property
    def received(self) -> list[Received]:
        """The whole ones."""
        return [r for r in self.server.received if f"/row-{self.row.id}/" in r.path]

    def url(self, name: str = "cat.png", fault: str = "ok", *arguments: str | float) -> str:
        """Of a picture."""
        return f"{self.server.at(fault, *arguments)}/row-{self.row.id}/{name}"

    def write(self, name: str, data: bytes) -> str:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        return name

    def move(self, server: Faults, more: Mapping[str, str] | None = None) -> None:
        """To another server, and to an environment that says so and `more`."""
        self.server = server
        self.env = {**self._environment(), **(more or {})}

    def _environment(self) -> dict[str, str]:
        """No key of the machine's and no file of its user's; nothing waits."""
        addresses = dict.fromkeys(vendors.ADDRESS.values(), self.base)
        keys = dict.fromkeys(vendors.KEYS.values(), KEY)
        inside = {**self.row.inside, "set": {**IMPATIENT, **self.row.inside.get("set", {})}}
        if "peak" in inside:
            inside["peak"] = str(self.folder.parent / "peak")
        own = {
            "HOME": str(self.home),
            "XDG_CACHE_HOME": str(self.home / "cache"),
            "XDG_CONFIG_HOME": str(self.home / "config"),
            "XDG_DATA_HOME": str(self.home / "data"),
            "PYTHONPATH": str(SITE),
            "MATRIX": json.dumps(inside),
            "V": PROGRAM,
            "M": self.row.asked,
        }
        unset = dict.fromkeys(UNSET, "UNSET")
        env = environment({**unset, **addresses, **keys, **own, **self.row.env})
        return {name: value for name, value in env.items() if value != "UNSET"}

    def ask(self, *words: str, **how: Any) -> Done:
        """`vision ask` with the row's model and options; with its words, where none are given."""
        return self.run(self.words(*words), **how)

    def words(self, *words: str) -> list[str]:
        """The command that `ask` runs."""
        words = words or self.row.words
        return [PROGRAM, "ask", "-m", self.row.asked, *self.row.options, *words]

    def vision(self, *words: str, **how: Any) -> Done:
        return self.run([PROGRAM, *words], **how)

    def shell(self, command: str, **how: Any) -> Done:
        """$V is the program and $M the model."""
        return self.run(["bash", "-c", command], **how)

    def run(
        self,
        command: list[str],
        *,
        env: Mapping[str, str] | None = None,
        stdin: bytes | None = None,
    ) -> Done:
        stdin = self.row.stdin if stdin is None else stdin
        began = time.monotonic()
        done = subprocess.run(
            command,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            check=False,
            env={**self.env, **(env or {})},
            cwd=self.folder,
            timeout=LONGEST,
        )
        return self.ended(done.returncode, done.stdout, done.stderr, time.monotonic() - began)

    def start(self, *words: str, **how: Any) -> subprocess.Popen[bytes]:
        """`vision ask` that is still running when this returns; `ended` tells what became of it."""
        return subprocess.Popen(
            self.words(*words),
            env=self.env,
            cwd=self.folder,
            **{
                "stdin": subprocess.DEVNULL,
                "stdout": subprocess.PIPE,
                "stderr": subprocess.PIPE,
                **how,
            },
        )

    def until(self, process: subprocess.Popen[bytes], condition: Callable[[], object]) -> None:
        """Waits for what the running program is to do."""
        end = time.monotonic() + LONGEST
        while not condition():
            assert process.poll() is None, "it ended before"
            assert time.monotonic() < end, "it never comes"
            self.server.stopping.wait(0.01)

    def ended(self, status: int, out: bytes, err: bytes, seconds: float = 0.0) -> Done:
        peak = self.folder.parent / "peak"
        most = int(peak.read_text()) if peak.exists() else 0
        return Done(status, out.decode(), err.decode("utf-8", "replace"), seconds, most)

    def records(self, name: str = "out") -> list[Any]:
        """Of a file of results, every line of it whole."""
        data = (self.folder / name).read_bytes()
        assert data.endswith(b"\n") or not data
        return [json.loads(line) for line in data.splitlines()]

    def left(self) -> list[Path]:
        """All files that there are now, and what they hold is anybody's to read."""
        return [
            Path(folder, name)
            for folder, _, names in os.walk(self.folder.parent)
            for name in names
            if not Path(folder, name).is_symlink() and Path(folder, name).is_file()
        ]
