"""Every question of questions.jsonl and of own_questions.jsonl.

reach, kind, want and avoid are regular expressions; kind must match whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from visioncli.eyes.answerer import answer
from visioncli.eyes.view import View

HERE = Path(__file__).parent
QUESTIONS = [
    json.loads(line)
    for name in ("questions.jsonl", "own_questions.jsonl")
    for line in (HERE / name).read_text("utf-8").splitlines()
]


@pytest.mark.parametrize("case", QUESTIONS, ids=lambda c: f"{c['image']} {c['question']}")
def test_question(case: dict[str, str], view: Callable[[str], View]):
    reply = answer(view(case["image"]), case["question"])
    assert re.fullmatch(case["reach"], reply.reach), reply
    assert re.fullmatch(case.get("kind", ".*"), reply.kind), reply
    assert re.search(case.get("want", ""), reply.text, re.IGNORECASE), reply
    if "avoid" in case:
        assert not re.search(case["avoid"], reply.text, re.IGNORECASE), reply
    if reply.reach == "out":
        assert reply.text.startswith("Out of reach for local/eyes: "), reply
