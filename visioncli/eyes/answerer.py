"""Looks at pictures and answers a question about them. Deterministic; no network, no language."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from visioncli.core.fields import preview

from . import question as asking
from . import rules
from .rules.refusal import CAN, refuse
from .seen import Reach, Reply, Sight
from .view import View

PARTS = 4  # of one question that are answered
NAME = 60  # characters of a picture's name before its answer
FOREIGN = "it understands simple questions in English only."


def look(named: Sequence[tuple[str, Path | bytes]], question: str) -> Sight:
    """named: each picture's name, for people, and its file or bytes. At least one.

    Several pictures are answered one by one, each answer behind the picture's name. Errors:
    ImageProblem where a picture cannot be read; VisionError where the extra is missing or a model
    file is damaged.
    """
    replies, evidence = [], []
    for name, source in named:
        view = View(name, source)
        reply = answer(view, question)
        replies.append(reply)
        evidence.append(_evidence(view, reply))
    texts = [reply.text for reply in replies]
    if len(named) > 1:
        texts = [f"{_short(name)}: {text}" for (name, _), text in zip(named, texts, strict=True)]
    reach = _together([reply.reach for reply in replies])
    return Sight("\n".join(texts), reach, replies[0].kind, tuple(evidence))


def answer(view: View, question: str) -> Reply:
    """One picture, one question, which may have several parts."""
    if not asking.is_english(question):
        return refuse(FOREIGN, "not_understood")
    parts = asking.parts(question) or ("",)
    return _joined([_reply(view, part) for part in parts[:PARTS]])


def _reply(view: View, part: str) -> Reply:
    """ "The total and the date" are two questions where they are not one."""
    whole = rules.reply(part, view)
    if whole.reach != "out":
        return whole
    pieces = [rules.reply(piece, view) for piece in asking.spread(part)]
    return _joined(pieces) if pieces and all(r.reach != "out" for r in pieces) else whole


def _joined(replies: Sequence[Reply]) -> Reply:
    if len(replies) == 1:
        return replies[0]
    answered = next((r for r in replies if r.reach != "out"), replies[0])
    texts = list(dict.fromkeys(reply.text for reply in replies))
    refused = [text for text in texts if text.endswith(CAN)]
    texts = [text.removesuffix(CAN).strip() if text in refused[:-1] else text for text in texts]
    return Reply(_together([r.reach for r in replies]), "\n".join(texts), answered.kind)


def _together(reaches: Sequence[Reach]) -> Reach:
    """All refused is out; something refused, or answered in part, is partial."""
    if all(reach == "out" for reach in reaches):
        return "out"
    return "in" if all(reach == "in" for reach in reaches) else "partial"


def _evidence(view: View, reply: Reply) -> dict[str, object]:
    """source, kind (the rule that answered), reach, and what was looked at: null is not."""
    facts = view.evidence()
    return {"source": facts.pop("source"), "kind": reply.kind, "reach": reply.reach, **facts}


def _short(name: str) -> str:
    clean = preview(name, limit=len(name))
    return clean if len(clean) <= NAME else f"…{clean[1 - NAME :]}"
