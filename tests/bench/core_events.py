"""What one event of a stream costs the core: bytes in, events out, no network and no drawing."""

from __future__ import annotations

import json
import subprocess
import time
from statistics import median

from tests import vendors
from visioncli import dialects
from visioncli.core.reading import reader
from visioncli.core.types import TextDelta

from .figures import Figure, Topic
from .setting import HERE, Setting
from .streams import streaming, tokens

KEY = "events"
NAMES = {"openai": "openai_chat", "anthropic": "anthropic", "gemini": "gemini", "ollama": "ollama"}
MOST = 12.0  # µs an event
READ = 16_384  # bytes that a read of the network gives


def measure(setting: Setting) -> Topic:
    count = setting.runs(10_000, 2_000)
    rows = []
    for wire, dialect in NAMES.items():
        frames = vendors.streamed(wire, ["abcd"] * count)
        together = b"".join(frames)
        reads = [together[start : start + READ] for start in range(0, len(together), READ)]
        for name, chunks in (("16 kB a read", reads), ("one a read", frames)):
            pairs = [(_cost(dialect, chunks, count), _json(frames)) for _ in range(7)]
            cost = median(ours for ours, _ in pairs)
            note = f"{median(ours / bare for ours, bare in pairs):.1f} x json.loads of the same"
            rows.append(Figure(f"{dialect}, {name}", cost / count * 1e6, "µs", note, MOST))
    said = tokens(setting.runs(5_000, 1_000))
    with streaming(said) as server:
        for name in setting.present(("openai", "litellm")):
            words = [setting.peers.python, str(HERE / "peers.py"), name, str(server.port), "", "0"]
            done = subprocess.run(
                words, env=setting.env(), capture_output=True, check=True, text=True
            )
            cost = float(done.stdout.split()[-1]) / len(said) * 1e6
            rows.append(Figure(f"{name}, over a socket", cost, "µs", beside=True))
    return Topic(
        KEY,
        "An event of a stream",
        "Processor time of framing, JSON and our events, in one process.",
        tuple(rows),
        setting.peers.missing("openai", "litellm"),
    )


def _cost(name: str, chunks: list[bytes], count: int) -> float:
    """Seconds of processor time for all of them."""
    reading = reader(dialects.load(name), stream=True)
    seen = 0
    began = time.process_time()
    for chunk in chunks:
        for event in reading.feed(chunk):
            seen += isinstance(event, TextDelta)
    for _ in reading.close():
        pass
    used = time.process_time() - began
    assert seen == count
    return used


def _json(frames: list[bytes]) -> float:
    """Seconds of processor time of nothing but the JSON in them."""
    texts = [frame.decode().rpartition("data: ")[2] for frame in frames]
    texts = [text for text in texts if text.startswith("{")]
    began = time.process_time()
    for text in texts:
        json.loads(text)
    return time.process_time() - began
