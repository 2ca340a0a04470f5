"""What a question may load, each in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from .pictures import IMAGES

HEAVY = ("numpy", "onnxruntime", "PIL")
BLOCK = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Blocked())
"""
ASK = """
import json
from pathlib import Path
from visioncli.core.errors import VisionError
from visioncli.eyes.answerer import look
try:
    said = look([("p", Path({picture!r}))], {question!r}).answer
except VisionError as error:
    said = [error.message, error.hint, error.exit]
print(json.dumps([said, sorted(m for m in sys.modules if m in {heavy!r})]))
"""


def run(code: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stderr == ""
    return done.stdout


def ask(question: str, blocked: tuple[str, ...] = ()) -> list:
    code = ASK.format(picture=str(IMAGES / "coffee.jpg"), question=question, heavy=HEAVY)
    return json.loads(run(BLOCK.format(blocked=blocked) + code))


def test_importing_the_package_loads_nothing_heavy():
    code = f"import sys, visioncli.eyes; print([m for m in {HEAVY!r} if m in sys.modules])"
    assert run(code) == "[]\n"


def test_importing_the_answerer_loads_nothing_heavy():
    code = f"import sys, visioncli.eyes.answerer; print([m for m in {HEAVY!r} if m in sys.modules])"
    assert run(code) == "[]\n"


@pytest.mark.parametrize(
    "question",
    [
        "what is the resolution?",
        "when was it taken?",
        "landscape or portrait?",
        "who is this?",
        "why is she smiling?",
        "wie viele Katzen?",
        "how many bolts are there?",
    ],
)
def test_a_question_about_the_file_or_out_of_reach_loads_no_model(question):
    _, loaded = ask(question)
    assert loaded == ["PIL"]


def test_a_question_about_colours_loads_no_onnxruntime():
    assert ask("what are the main colours?")[1] == ["PIL", "numpy"]


@pytest.mark.parametrize("blocked", ["numpy", "onnxruntime"])
@pytest.mark.parametrize("question", ["is there a dog?", "what's in this?", "read the text"])
def test_without_the_extra_one_clean_error(question, blocked):
    said, _ = ask(question, (blocked,))
    assert said == ["local/eyes needs onnxruntime and numpy", "pip install 'visioncli[local]'", 1]


def test_without_the_extra_the_size_is_still_told():
    said, _ = ask("how big is the image?", ("numpy", "onnxruntime"))
    assert said.startswith("600x400 pixels")
