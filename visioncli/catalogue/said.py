"""A verdict as a line for people and for `awk`. Nothing is imported: the door prints it too."""

WORDS = {True: "yes", False: "no", None: "unknown"}
WHO = {"litellm": "LiteLLM", "ollama-library": "Ollama's library", "live": "asked just now"}


def line(
    model: str,
    vision: bool | None,
    why: str,
    source: str | None,
    as_of: str | None,
    retired: str | None,
) -> str:
    """`VERDICT  MODEL  WHY (SOURCE, DATE); retired since DATE`, without an end of line.

    Verdict and model stand in columns of their own: `awk '{print $1}'`, `grep ^no`.
    """
    by = f" ({WHO.get(source, source)}, {as_of})" if source and as_of else ""
    gone = f"; retired since {retired}" if retired else ""
    return f"{WORDS[vision]:7}  {model}  {why}{by}{gone}"


def status(visions: "list[bool | None]") -> int:
    """The exit status of verdicts: 3 where one is not known, else 1 where one is no, else 0."""
    return 3 if None in visions else 1 if False in visions else 0
