"""Finding what a row of text means: amounts, dates, addresses. Rows in, strings out."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from visioncli.core.record import record

Rows = Sequence[str]

AMOUNT = re.compile(
    r"(?<![\w.,/-])-?[£$€]?\d{1,3}(?:(?:[ ,.\u2019']\d{3})+|\d*)[.,]\d{2}(?![\d%.,]?\d|%)"
)
MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?"
DATE = re.compile(
    r"(?<![\d-])(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2}))(?![\d-])"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\.? {MONTH},? \d{{4}}|\b{MONTH} \d{{1,2}}(?:st|nd|rd"
    rf"|th)?,? \d{{4}}",
    re.IGNORECASE,
)
TIME = re.compile(
    r"(?<![\d:])(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?: ?[ap]\.?m\b\.?)?(?![\d:])", re.IGNORECASE
)
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
URL = re.compile(
    r"https?://\S+|\bwww\.\S+"
    r"|(?<![@\w.-])[a-z][a-z0-9-]{2,}(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?:/\S*)?(?![\w@])"
)
# A dialled number: with + or a leading 0, or as Americans group it; no date, no card number.
PHONE = re.compile(
    r"(?<![\d/.*-])(?:\+\d[\d ().-]{7,}\d|\(?0\d[\d ()/-]{6,}\d"
    r"|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4})(?![\d:/])"
)
STREET = re.compile(
    r"\b\d+[a-z]?,? (?:[A-Z][\w'.-]*,? ){1,4}?(?:street|st|lane|ln|road|rd|avenue|ave|drive|dr"
    r"|way|court|place"
    r"|square|boulevard|blvd|terrace|close|highway|hill|row|walk|park|quay|gate|yard|crescent"
    r"|mews)\b"
    r"|\b\d+,? (?:rue|avenue|boulevard|place|via|calle) |\w(?:str\.|straße|strasse|weg|platz"
    r"|gasse) \d+",
    re.IGNORECASE,
)
DUE = re.compile(r"\b(?:due|pay(?:able)? by|payment date)\b", re.IGNORECASE)
EXPIRY = re.compile(
    r"\b(?:expir\w+|valid (?:until|thru|to)|best before|use by|good through)\b", re.IGNORECASE
)
SUBTOTAL = re.compile(r"\b(?:sub[ -]?total|net total|total net)\b", re.IGNORECASE)
TOTAL = re.compile(
    r"\b(?:grand total|total due|amount due|balance due|total to pay|total amount|total|amount paid"
    r"|summe|gesamt(?:betrag)?|totale?)\b",
    re.IGNORECASE,
)
STRONGEST = re.compile(
    r"\b(?:grand total|total due|amount due|balance due|total to pay)\b", re.IGNORECASE
)


@record
class Hit:
    """value: what was asked for. row: the row it stands in."""

    value: str
    row: str


def amount(row: str) -> str:
    """The last amount of a row: the price at its end. "" where there is none."""
    found: list[str] = AMOUNT.findall(row)
    return found[-1] if found else ""


def number(text: str) -> str:
    """'£1,234.56' and '1.234,56' -> '1234.56'."""
    digits = re.sub(r"[^\d.,-]", "", text)
    whole, cents = digits[:-3], digits[-2:]
    return f"{re.sub('[.,]', '', whole)}.{cents}"


def labelled(rows: Rows, label: re.Pattern[str], but: re.Pattern[str] | None = None) -> list[Hit]:
    """Amounts of the rows that carry a label, or of the row below where a label stands alone."""
    hits = []
    for i, row in enumerate(rows):
        if not label.search(row) or (but and but.search(row)):
            continue
        below = rows[i + 1] if i + 1 < len(rows) else ""
        if value := amount(row):
            hits.append(Hit(value, row))
        elif (value := amount(below)) and not re.search(r"[a-z]{4}", below, re.IGNORECASE):
            hits.append(Hit(value, f"{row} {below}"))
    return hits


def total(rows: Rows) -> Hit | None:
    """The last row that says so, of several kinds of total the one to pay."""
    hits = labelled(rows, TOTAL, SUBTOTAL)
    best = [hit for hit in hits if STRONGEST.search(hit.row)] or hits
    return best[-1] if best else None


def money(pattern: str, but: re.Pattern[str] | None = None) -> Callable[[Rows], Hit | None]:
    label = re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)
    return lambda rows: next(iter(labelled(rows, label, but)), None)


def first(pattern: re.Pattern[str]) -> Callable[[Rows], Hit | None]:
    def find(rows: Rows) -> Hit | None:
        return next(
            (Hit(m[0].strip(" ,.;"), row) for row in rows if (m := pattern.search(row))), None
        )

    return find


def plain_date(rows: Rows) -> Hit | None:
    """The date of the thing itself before one by which it is due."""
    own = [row for row in rows if not DUE.search(row) and not EXPIRY.search(row)]
    return first(DATE)(own) or first(DATE)(rows)


def dated(label: re.Pattern[str]) -> Callable[[Rows], Hit | None]:
    return lambda rows: first(DATE)([row for row in rows if label.search(row)])


def phone(rows: Rows) -> Hit | None:
    for row in rows:
        bare = DATE.sub(" ", row)
        if re.search(r"\b(?:tel|phone|mobile|call|ph)\b", row, re.IGNORECASE):
            if m := re.search(r"\+?\(?\d[\d ()./-]{5,}\d", bare):
                return Hit(m[0].strip(), row)
        elif (m := PHONE.search(bare)) and not re.search(
            r"\b(?:fax|iban|vat|card|visa)\b", row, re.IGNORECASE
        ):
            return Hit(m[0].strip(), row)
    return None


def street(rows: Rows) -> Hit | None:
    """The row of the address, of one labelled so if there is none with a street."""
    for row in rows:
        if STREET.search(row):
            return Hit(row, row)
    named = re.compile(r"\baddress\b:? *(\S.*)", re.IGNORECASE)
    return next((Hit(m[1], row) for row in rows if (m := named.search(row))), None)


def numbered(name: str) -> Callable[[Rows], Hit | None]:
    """'invoice' -> the code behind "Invoice no. INV-2041"."""
    code = re.compile(
        rf"\b{re.escape(name)}\b[ :.#]*(?:(?:number|no|nr|num|id|ref"
        r"|code)\b[ :.#]*)*#?((?=[\w/-]*\d)[\w/-]+)",
        re.IGNORECASE,
    )
    return lambda rows: next((Hit(m[1], row) for row in rows if (m := code.search(row))), None)


def mentioning(rows: Rows, words: Sequence[str]) -> list[str]:
    """The rows that hold every word, whatever its case; a plural s does not matter."""
    wanted = [word.lower().removesuffix("s") for word in words]
    return [
        row
        for row in rows
        if wanted and all(re.search(rf"\b{re.escape(w)}", row, re.IGNORECASE) for w in wanted)
    ]
