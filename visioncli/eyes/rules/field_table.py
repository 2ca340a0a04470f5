"""The fields of a document: how questions name each, and what finds it in the rows of text."""

from __future__ import annotations

import re
from collections.abc import Callable

from visioncli.core.record import record
from visioncli.eyes import fields
from visioncli.eyes.fields import Hit, Rows

Find = Callable[[Rows], Hit | None]


@record
class Field:
    """noun: a pattern of how questions name it. name: how answers do. money: it is an amount."""

    noun: str
    name: str
    find: Find
    money: bool = False


FIELDS = (
    Field(
        r"sub[ -]?total|net (?:amount|total)|total (?:before|without|excluding) (?:tax|vat)",
        "subtotal",
        fields.money(fields.SUBTOTAL.pattern),
        money=True,
    ),
    Field(
        r"vat|tax|sales tax|gst|tax amount|vat amount|taxes",
        "tax",
        fields.money(
            r"vat|tax|gst|sales tax|mwst|tva|iva",
            re.compile(r"\b(?:total|incl|no)\b", re.IGNORECASE),
        ),
        money=True,
    ),
    Field(r"tip|gratuity", "tip", fields.money("tip|gratuity"), money=True),
    Field(r"service(?: charge| fee)?", "service charge", fields.money("service"), money=True),
    Field(r"discount", "discount", fields.money("discount|off|savings?"), money=True),
    Field(r"change", "change", fields.money("change"), money=True),
    Field(
        r"shipping(?: cost| fee)?|delivery(?: fee| cost)?|postage",
        "shipping cost",
        fields.money("shipping|delivery|postage"),
        money=True,
    ),
    Field(
        r"(?:grand |final |overall |receipt |invoice )?total(?: (?:amount|price|cost|sum|bill"
        r"|due))?|sum|bill"
        r"|(?:total )?amount(?: (?:due|paid|owed|payable))?|balance(?: due)?|price|cost",
        "total",
        fields.total,
        money=True,
    ),
    Field(
        r"due date|payment (?:date|deadline)|deadline|date (?:it is )?due",
        "due date",
        fields.dated(fields.DUE),
    ),
    Field(
        r"expir(?:y|ation)(?: date)?|best before(?: date)?|use by date",
        "expiry date",
        fields.dated(fields.EXPIRY),
    ),
    Field(
        r"(?:issue |invoice |receipt |order |printed )?date|date of (?:issue|purchase"
        r"|the (?:receipt|invoice))|day",
        "date",
        fields.plain_date,
    ),
    Field(r"time(?: of (?:purchase|day))?|time stamp|timestamp", "time", fields.first(fields.TIME)),
    Field(
        r"(?:tele)?phone(?: number)?|phone no|tel|contact number|mobile(?: number)?",
        "phone number",
        fields.phone,
    ),
    Field(r"email(?: address)?|mail address", "e-mail address", fields.first(fields.EMAIL)),
    Field(
        r"web ?site|url|web(?: site)? address|web ?page|link|domain",
        "website",
        fields.first(fields.URL),
    ),
    Field(r"(?:street |postal |shop )?address", "address", fields.street),
    Field(r"invoice (?:number|no|nr|id|code)", "invoice number", fields.numbered("invoice")),
    Field(r"order (?:number|no|nr|id|code)", "order number", fields.numbered("order")),
    Field(r"receipt (?:number|no|nr|id|code)", "receipt number", fields.numbered("receipt")),
    Field(r"table(?: (?:number|no))?", "table number", fields.numbered("table")),
    Field(
        r"currency",
        "currency",
        fields.first(re.compile(r"[£$€¥]|\b(?:GBP|USD|EUR|CHF|JPY|SEK|CAD|AUD)\b")),
    ),
)
# Questions that name the field by a verb.
PAPER = (
    r"(?:it|this|that|the (?:receipt|invoice|bill|ticket|document|letter|payment"
    r"|product|milk|card))"
)
VERBS = (
    (
        "due date",
        re.compile(
            rf"when (?:is|was|must|does) {PAPER}(?: have to| to)?(?: be)? (?:due|paid|payable)"
            r"|by when must .+ be paid"
        ),
    ),
    (
        "expiry date",
        re.compile(
            rf"when (?:does|will|did|is) {PAPER} (?:expire|expired|run out|go off|valid until)"
            r"|is it expired"
        ),
    ),
    (
        "date",
        re.compile(
            rf"when was {PAPER} (?:printed|issued|written|bought|paid|sent|dated|published"
            rf"|purchased)|when is {PAPER}"
            r" (?:from|dated)|what (?:date|day|month|year) (?:is|was) "
            rf"{PAPER}(?: (?:printed|issued|from|on it))?"
        ),
    ),
    (
        "time",
        re.compile(
            rf"(?:at )?what time (?:was {PAPER} (?:printed|issued|bought|paid|made|sent)"
            r"|(?:is|was) (?:on|in|shown on|printed on) (?:it|the receipt)|does (?:it|the receipt"
            r"|the screen) (?:show|say))"
        ),
    ),
    (
        "total",
        re.compile(
            r"how much (?:is|was|are|were) (?:it|this|that|everything|all of it|it all|the meal"
            r"|the order)(?: in total)?"
            r"|how much (?:does|did) (?:it|this|that|everything|the meal) (?:all )?(?:cost"
            r"|come to|add up to)(?: in total)?"
            r"|how much (?:did|do|have|must) (?:i|we|they|he|she|you"
            r"|the customer)(?: have to)? (?:pay|paid|spend|owe|spent)"
            r"|how much (?:is|was) (?:due|owed|paid|to pay|payable|charged|spent)|what (?:was"
            r"|did) .{1,12} (?:paid|pay)"
            r"|what does (?:it|this) cost|in total how much (?:is|was) it"
        ),
    ),
)
