"""Reading text, counting its lines, and looking for words in it. The text is data: only quoted."""

from __future__ import annotations

import re

from visioncli.eyes.describe import quoted
from visioncli.eyes.fields import mentioning
from visioncli.eyes.nouns import thing
from visioncli.eyes.seen import Reply
from visioncli.eyes.view import View
from visioncli.eyes.words import count_of

from .refusal import refuse

NONE = "I find no readable text in the picture."
SURFACE = (
    r"(?:text|sign|screen|page|receipt|document|note|label|poster|paper|letter|menu|board|message"
    r"|caption|banner|invoice|bill|ticket|card|book|cover|writing|inscription|slide|chart|display"
    r"|newspaper|form|whiteboard|blackboard|plate|sticker|headline|words)"
)
TEXT = r"(?:text|writing|words|letters|lettering|characters|anything written|something written)"
# is there any text · does it contain text
EXISTS = re.compile(
    r"(?:(?:is|are) there|(?:do|can) you (?:see|read|find|detect)|(?:does|do) (?:it|this"
    r"|that) (?:have|contain|show"
    r"|include)|has it|contains)? ?(?:any |some |an? )?(?:readable |legible |visible |printed "
    rf"|written )?{TEXT}"
    r"(?: (?:on|in) (?:it|this))?|does (?:it|this) say (?:anything|something)|is (?:anything"
    r"|something) written(?: on it)?"
)
# "what does it say", "read the text", "transcribe", "what is written on the sign"
READ = re.compile(
    rf"what (?:does|do|is) (?:it|this|that|(?:the|this|that) {SURFACE}) (?:says?|reads?|saying"
    r"|written|printed)"
    r"(?: exactly| on it)?"
    r"|(?:read|transcribe|ocr|extract|copy|output|print|give|show|list"
    r"|type)(?: me)?(?: out)?(?: all)?(?: of)?"
    rf"(?: the| this| it| its| that)?(?: {SURFACE}| everything)?(?: text)?(?: from it)?(?: out"
    r" loud| aloud| to me| for me"
    r"| out| verbatim| exactly| word for word| line by line)?"
    r"|(?:what|which) (?:text|words|letters) (?:is|are)(?: there| written| printed| in it"
    r"| on it)?|what (?:text|words) (?:do|can)"
    r" you (?:see|read)|what can you read|what is (?:written|printed)(?: there| (?:on|in) (?:it"
    rf"|the {SURFACE}))?"
    rf"|(?:what is )?the text|what is (?:on|in) the {SURFACE}|what {TEXT} does it (?:contain|have"
    r"|show)"
)
READ_VERBS = frozenset(("give", "show", "list", "output", "print", "copy", "type", "extract"))
# what does the label on the bottle say
ON_SOMETHING = re.compile(
    r"what (?:does|do) (?:the|this|that|his|her) (.+) (?:say|read)"
    r"|(?:read|what is written on|what is printed on) (?:the|this|that) (.+)"
)
# how many lines of text are there
LINES = re.compile(
    r"(?:how many|count the|number of) (lines|rows|words|characters|letters)(?: of text"
    r"| of writing)?"
    r"(?: (?:are there|do you see|can you see|does it (?:have|contain)|are|in the text|on it))*"
)
# what is the first line
FIRST = re.compile(
    r"(?:what is |read |what does )?(?:the )?(first|last|top|bottom) (?:line"
    r"|row)(?: of (?:the )?text)?(?: say)?"
)
WORD = r"(?:(?:the )?(?:words?|text|name|phrase|term|string|number)s? )?"
# does it say "thank you" · is the word refund mentioned
SAYS = re.compile(
    rf"(?:does|do|did) (?:it|this|that|the (?:\w+ )?{SURFACE}) (?:say|mention|read"
    rf"|spell) {WORD}(.+)"
    r"|(?:does|do) (?:it|this|that|the text) (?:contain|include|have|show) the (?:words?|text"
    r"|phrase|name|string) (.+)"
    r"|is (?:there )?the (?:words?|phrase|text|string|name) (.+?)(?: there| written(?: on it)?"
    r"| mentioned| printed| on it)?"
    r"|(?:is|are) (.+) (?:mentioned|written|printed)(?: on it| there)?"
)
# which line mentions the service · where does it say total
WHICH_LINE = re.compile(
    r"(?:which|what) (?:line|row)s?(?: of text)? (?:mentions?|contains?|says?|has|have|includes?"
    rf"|shows?) {WORD}(.+)"
    rf"|where does (?:it|the text) (?:say|mention) {WORD}(.+)|(?:find|show|quote) the (?:line"
    r"|row)s? (?:with|about|that says?"
    rf"|mentioning|containing) {WORD}(.+)|(?:search|look) for {WORD}(.+)"
)
# what is the status · table number
WHAT_IS_THE = re.compile(
    r"(?:what|which) (?:is|are|was|were) (?:the )?([\w'-]+(?: [\w'-]+){0,3})|([\w-]+ number)"
)
IN_TEXT = re.compile(rf" (?:in|on|within|among) (?:the |this |that )?(?:{SURFACE}|it)$")
MOST = 4  # rows quoted


def text(question: str, view: View) -> Reply | None:
    if EXISTS.fullmatch(question):
        if view.rows:
            return Reply(
                "in", f"Yes: {count_of(len(view.rows), 'line')} of text.\n{_all(view)}", "text"
            )
        return Reply("in", f"No: {NONE}", "text")
    if asked := LINES.fullmatch(question):
        return _counted(asked[1], view)
    if asked := FIRST.fullmatch(question):
        if not view.rows:
            return Reply("in", NONE, "text")
        row = view.rows[0 if asked[1] in ("first", "top") else -1]
        return Reply("in", row, "text")
    if READ.fullmatch(question) and question not in READ_VERBS:
        return Reply("in", _all(view) if view.rows else NONE, "text")
    if asked := ON_SOMETHING.fullmatch(question):
        name = next(part for part in asked.groups() if part)
        if thing(name).people or "animal" in thing(name).sort:
            return refuse("it cannot hear.", "text")
        if not view.rows:
            return Reply("in", NONE, "text")
        said = f"Which text stands on “{name}” is not known; all that can be read:\n{_all(view)}"
        return Reply("partial", said, "text")
    return None


def _all(view: View) -> str:
    return "\n".join(view.rows)


def _counted(unit: str, view: View) -> Reply:
    if unit in ("lines", "rows"):
        return Reply("in", f"I read {count_of(len(view.rows), 'line')} of text.", "count")
    if unit == "words":
        n = sum(len(row.split()) for row in view.rows)
    else:
        n = sum(not c.isspace() for row in view.rows for c in row)
    return Reply(
        "in",
        f"I read {count_of(n, unit.removesuffix('s'))}, as far as the text is readable.",
        "count",
    )


def text_match(question: str, view: View) -> Reply | None:
    if asked := SAYS.fullmatch(question):
        wanted, verdict = next(part for part in asked.groups() if part), True
    elif asked := WHICH_LINE.fullmatch(question):
        wanted, verdict = next(part for part in asked.groups() if part), False
    else:
        return None
    wanted = re.sub(r"^(?:the|an?) (?!\w+\")", "", IN_TEXT.sub("", wanted).strip(" \"'."))
    found = _rows_with(wanted, view)
    if not view.rows:
        return Reply("in", f"{'No: ' if verdict else ''}{NONE}", "text_match")
    if not found:
        said = f"no line of the text mentions “{wanted}”."
        return Reply("in", f"No: {said}" if verdict else f"No {said[3:]}", "text_match")
    rows = "; ".join(quoted(row, 200) for row in found[:MOST])
    return Reply("in", f"Yes: {rows}." if verdict else f"{rows}.", "text_match")


def _rows_with(wanted: str, view: View) -> list[str]:
    """Rows with the phrase itself; if none has it, those with all of its words."""
    exact = [
        row
        for row in view.rows
        if re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", row, re.IGNORECASE)
    ]
    return exact or mentioning(view.rows, re.findall(r"\w+", wanted))


def named_in_text(question: str, view: View) -> Reply | None:
    """ "What is the table number?": rows that hold these very words are quoted, no more."""
    asked = WHAT_IS_THE.fullmatch(question)
    if not asked:
        return None
    words = [
        w
        for w in (asked[1] or asked[2]).split()
        if w not in ("number", "of", "the", "on", "in", "it")
    ]
    if not words or any(len(word) < 2 for word in words):
        return None
    rows = mentioning(view.rows, words)
    if not rows:
        return None
    said = "; ".join(quoted(row, 200) for row in rows[:MOST])
    return Reply("partial", f"The text mentions “{' '.join(words)}” here: {said}.", "text_match")
