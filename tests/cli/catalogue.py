"""A small catalogue of made-up models, in the place of a refreshed one."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from visioncli.catalogue import current

# id, verdict, retires, gone, and of its facts: context, dollars in, out, a picture, released
Model = tuple[str, str, str, str, str, str, str, str, str]
MODELS: tuple[Model, ...] = (
    ("anthropic/claude-eye", "y", "", "", "200000", "3", "15", "", "2026-02-01"),
    ("groq/cheap-eye", "y", "", "", "131072", "0.075", "0.3", "", "2026-01-01"),
    ("groq/nothing-eye", "y", "", "", "", "0", "0", "", "2026-01-02"),
    ("groq/picture-eye", "y", "", "", "", "", "", "0.0004", "2026-01-03"),
    ("local/eyes", "y", "", "", "", "", "", "", ""),
    ("ollama/llava", "y", "", "", "", "", "", "", ""),
    ("openai/blind", "n", "", "", "8192", "0.5", "1.5", "", "2023-01-01"),
    ("openai/ends-eye", "y", "2999-01-01", "", "", "1", "2", "", "2025-01-01"),
    ("openai/gone-eye", "y", "", "2025-06-01", "", "10", "30", "", "2023-11-01"),
    ("openai/gpt-4o", "y", "", "", "128000", "2.5", "10", "", "2024-05-13"),
    ("openai/past-eye", "y", "2025-01-31", "", "", "1", "2", "", "2024-01-01"),
    ("openai/undated-eye", "y", "", "", "", "", "", "", ""),
    ("openai/unsaid", "u", "", "", "", "", "", "", ""),
    ("strange/eye", "y", "", "", "", "", "", "", ""),
    ("vertex_ai/gemini-eye", "y", "", "", "1048576", "0.3", "2.5", "", "2025-09-01"),
)
AS_OF = "2099-01-02"  # newer than the package's own


def write(home: Path, models: Iterable[Model] = MODELS, *, why: str = "stated") -> dict[str, str]:
    """The environment in which `vision` reads them."""
    folder = home / "visioncli" / "catalogue"
    folder.mkdir(parents=True)
    rows = sorted(models, key=lambda row: row[0].lower() + "\t")
    index = [f"{m}\t{v}\tL\t{AS_OF}\t{end}\t{gone}\t{why}" for m, v, end, gone, *_ in rows]
    facts = []
    for model, verdict, _, _, context, usd_in, usd_out, picture, released in rows:
        heard = f"L{AS_OF}" + {"y": "+", "n": "-", "u": "?"}[verdict]
        cells = (model, heard, "", context, "", usd_in, usd_out, picture, "", "", "", released)
        facts.append("\t".join((*cells, "", "")))
    for name, lines in (("index.tsv", index), ("facts.tsv", facts)):
        rows = "".join(f"{line}\n" for line in lines)
        head = current.head(AS_OF, "for a test", len(rows.encode()))
        (folder / name).write_text(f"{head}\n{rows}", "utf-8", newline="\n")
    return {"XDG_CACHE_HOME": str(home)}
