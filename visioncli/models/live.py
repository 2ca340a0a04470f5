"""`check --live`: the model is shown a picture that nobody has seen before, and says what is on it.

A registry says what a model could do; this is the only proof that a picture reaches it. The word in
the picture decides: it cannot be guessed. The shape and its colour are told beside it.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Mapping
from dataclasses import replace

from visioncli import api, choice
from visioncli.aim import take
from visioncli.asked import Told
from visioncli.auth import keys
from visioncli.catalogue.lookup import Verdict
from visioncli.config import Settings
from visioncli.core.answer import fold, problem
from visioncli.core.errors import UnknownModel, VisionError
from visioncli.core.failure import CANNOT_SEE
from visioncli.core.fields import preview
from visioncli.core.record import record
from visioncli.core.target import ModelRef
from visioncli.core.types import Answer, BytesBlob, ImagePart, Request
from visioncli.images import proof
from visioncli.images.proof import Proof
from visioncli.images.sources import Piped

SOURCE = "live"  # the source of a verdict
QUESTION = (
    "Which word is written in this picture, and which shape in which colour is above it?"
    " Answer in one short line."
)
TO_EYES = "What does the text say?"  # local/eyes has no word for shapes
OF_A_FILE = "What does this picture show? Answer in one sentence."
SHOWN = 100  # characters of an answer that a verdict repeats
SPACED = re.compile(r"\b(?:[A-Z][ .-]){3,}[A-Z]\b")  # M-A-N-G-O
SAME = {"circle": "circle disc disk", "purple": "purple violet", "square": "square rectangle"}


@record(kw_only=True)
class Looked:
    """What came of it. error: what came after the verdict: the user's own picture was refused.

    warnings: what is worth telling beside it.
    """

    verdict: Verdict
    error: VisionError | None = None
    warnings: tuple[str, ...] = ()


@record(kw_only=True)
class Looking:
    """How models are asked. Its fields are those of `api.Asked`. image: shown after the proof."""

    settings: Settings
    base_url: str | None = None
    timeout: float = api.TIMEOUT
    retries: int = api.RETRIES
    key: keys.Key | None = None
    image: str | None = None
    stdin: Piped | None = None
    on_retry: Told | None = None

    def look(self, ref: ModelRef, said: Verdict, env: Mapping[str, str] = os.environ) -> Looked:
        """said: what is known without asking. Raises a VisionError where there was no answer.

        A provider that says the model takes no pictures has given a verdict, too.
        """
        shown = proof.draw()
        picture = ImagePart("image/png", BytesBlob(shown.png))
        call = self._call(ref, picture, TO_EYES if ref == choice.EYES else QUESTION, env)
        statement = self._statement(call)
        try:
            vision, why = judged(shown, self._answer(call))
        except UnknownModel as error:
            if error.code != CANNOT_SEE:
                raise
            vision, why = False, error.message
        if said.vision is not None and said.vision is not vision:
            why += f"; before: {'yes' if said.vision else 'no'}, {said.why}"
        found = replace(
            said,
            vision=vision,
            why="; ".join((why, *statement)),
            source=SOURCE,
            as_of=time.strftime("%Y-%m-%d"),
        )
        looked = Looked(verdict=found, warnings=call.warnings)
        return looked if self.image is None else self._with_own(ref, looked, env)

    def _with_own(self, ref: ModelRef, looked: Looked, env: Mapping[str, str]) -> Looked:
        """The same with what the model says of the user's picture."""
        try:
            call = self._call(ref, ImagePart(None, self.image or ""), OF_A_FILE, env)
            answer = self._answer(call)
            if (error := problem(answer)) is not None and not answer.text.strip():
                raise error
        except VisionError as error:
            return replace(looked, error=error)
        why = f"{looked.verdict.why}; of {call.pictures[0].shown} it says {quoted(answer.text)}"
        return replace(
            looked,
            verdict=replace(looked.verdict, why=why),
            warnings=tuple(dict.fromkeys((*looked.warnings, *call.warnings))),
        )

    def _call(
        self, ref: ModelRef, picture: ImagePart, question: str, env: Mapping[str, str]
    ) -> api.HttpCall | api.EyesCall:
        began = time.monotonic()
        asked = api.Asked(
            request=Request(messages=api.question(question, [picture]), stream=False),
            base_url=self.base_url,
            key=self.key,
            timeout=self.timeout,
            retries=self.retries,
        )
        if ref.provider == choice.EYES.provider:
            return api.prepare(asked, ref, self.settings, stdin=self.stdin, env=env)
        aim = take(  # no pictures: whether it can see is the question
            ref, self.settings, pictures=False, base_url=self.base_url, key=self.key, env=env
        )
        return api.call(aim, asked, stdin=self.stdin, began=began)

    def _answer(self, call: api.HttpCall | api.EyesCall) -> Answer:
        """Some of its words will stand in a verdict: a key that it repeats is not among them."""
        answer = fold(call.events(self.on_retry))
        if isinstance(call, api.HttpCall) and call.key is not None:
            return replace(answer, text=call.key.secret.hide(answer.text))
        return answer

    def _statement(self, call: api.HttpCall | api.EyesCall) -> tuple[str, ...]:
        """What the server itself says of the model, where it can be asked that."""
        if not isinstance(call, api.HttpCall) or call.dialect.name != "ollama":
            return ()
        from . import ollama_show  # asks over the HTTP client, for one provider alone

        said = ollama_show.capabilities(call)
        if said is None:
            return ()
        lists = "lists" if "vision" in said else "does not list"
        return (f"{call.ref.provider} {lists} vision among its capabilities",)


def judged(shown: Proof, answer: Answer) -> tuple[bool, str]:
    """(whether the answer fits the picture, what it got right). Raises what the answer lacks."""
    upper = answer.text.upper()
    words = set(re.findall("[A-Z]+", upper))
    words |= {re.sub("[^A-Z]", "", spaced) for spaced in SPACED.findall(upper)}
    form = f"{shown.colour} {shown.shape}"
    saw = _named(shown.colour, words) and _named(shown.shape, words)
    article = "an" if form[0] in "aeiou" else "a"
    if shown.word in words:
        if saw:
            return True, f'it read "{shown.word}" and saw {article} {form}'
        return True, f'it read "{shown.word}" but not {article} {form}: {quoted(answer.text)}'
    if (error := problem(answer)) is not None:
        raise error
    if saw:
        return False, (
            f'it saw {article} {form} but did not read "{shown.word}": {quoted(answer.text)}'
        )
    what = f'a picture of "{shown.word}" and {article} {form}'
    return False, f"it was sent {what}, and answered {quoted(answer.text)}"


def _named(what: str, words: set[str]) -> bool:
    return any(name.upper() in words for name in SAME.get(what, what).split())


def quoted(text: str) -> str:
    """Some words of a model's, on one line and without control characters."""
    return f'"{preview(" ".join(text.split()), SHOWN)}"'
