"""What rows of text mean: amounts, dates, numbers, addresses."""

from __future__ import annotations

import pytest

from visioncli.eyes import fields


@pytest.mark.parametrize(
    ("row", "value"),
    [
        ("TOTAL GBP  14.91", "14.91"),
        ("Total  £1,234.56", "£1,234.56"),
        ("Summe EUR  1.234,56", "1.234,56"),
        ("2 x 3.50  7.00", "7.00"),
        ("VAT 20.00%", ""),
        ("2025-03-14 10:42", ""),
        ("14.03.2025", ""),
        ("Version 1.2", ""),
        ("Room 101", ""),
        ("Refund  -4.50", "-4.50"),
    ],
)
def test_the_amount_of_a_row(row, value):
    assert fields.amount(row) == value


@pytest.mark.parametrize(
    ("amount", "number"),
    [("£1,234.56", "1234.56"), ("1.234,56", "1234.56"), ("14.91", "14.91"), ("-4.50", "-4.50")],
)
def test_an_amount_as_a_number(amount, number):
    assert fields.number(amount) == number


@pytest.mark.parametrize(
    ("rows", "value"),
    [
        (("Subtotal  10.00", "Tax  2.00", "Total  12.00"), "12.00"),
        (("Total  12.00", "Grand total  13.50", "Total items  2"), "13.50"),
        (("TOTAL", "12.00"), "12.00"),
        (("Amount due:  99.10",), "99.10"),
        (("Subtotal  10.00",), None),
        (("Totally free",), None),
        (("Total items  3", "Juice  2.00"), None),
    ],
)
def test_the_total(rows, value):
    hit = fields.total(rows)
    assert (hit.value if hit else None) == value


@pytest.mark.parametrize(
    ("row", "value"),
    [
        ("Phone: 020 7946 0018", "020 7946 0018"),
        ("Tel. +44 20 7946 0018", "+44 20 7946 0018"),
        ("(555) 123-4567", "(555) 123-4567"),
        ("2025-03-14 10:42 Table 7", None),
        ("VISA **** 4821", None),
        ("Order 1234567", None),
        ("14/03/2025", None),
        ("call us 01234 567890 2025-01-01", "01234 567890"),
    ],
)
def test_a_phone_number_is_no_date_and_no_card(row, value):
    hit = fields.phone((row,))
    assert (hit.value if hit else None) == value


@pytest.mark.parametrize(
    ("row", "value"),
    [
        ("issued 2025-03-14 10:42", "2025-03-14"),
        ("14.03.2025", "14.03.2025"),
        ("03/14/25", "03/14/25"),
        ("on 14 March 2025", "14 March 2025"),
        ("March 3rd, 2025", "March 3rd, 2025"),
        ("INV-2041", None),
        ("1.234,56", None),
        ("020-7946-0018", None),
    ],
)
def test_dates(row, value):
    hit = fields.plain_date((row,))
    assert (hit.value if hit else None) == value


def test_a_date_of_its_own_comes_before_the_due_date():
    rows = ("Due date: 2025-07-01", "Date: 2025-06-01")
    assert fields.plain_date(rows).value == "2025-06-01"
    assert fields.dated(fields.DUE)(rows).value == "2025-07-01"
    assert fields.dated(fields.EXPIRY)(rows) is None


@pytest.mark.parametrize(
    ("row", "value"),
    [
        ("billing@north-mill.example", None),
        ("www.north-mill.example", "www.north-mill.example"),
        ("see https://a.example/b?c=1 now", "https://a.example/b?c=1"),
        ("TOTAL 14.91", None),
    ],
)
def test_websites_are_no_mail_addresses(row, value):
    hit = fields.first(fields.URL)((row,))
    assert (hit.value if hit else None) == value


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("12 Mill Lane, York", True),
        ("4 Weaver Street, Leeds", True),
        ("10 rue de la Paix", True),
        ("Hauptstr. 5", True),
        ("Bahnhofstraße 12", True),
        ("Flat white x2", False),
        ("7 apples", False),
    ],
)
def test_streets(row, found):
    assert (fields.street((row,)) is not None) is found


def test_a_code_behind_its_name():
    find = fields.numbered("invoice")
    assert find(("Invoice no. INV-2041",)).value == "INV-2041"
    assert find(("Invoice #77",)).value == "77"
    assert find(("Invoice for bread",)) is None


def test_rows_that_mention_all_words():
    rows = ("Almond croissant  3.40", "Orange juice  2.95")
    assert fields.mentioning(rows, ["almond", "croissants"]) == ["Almond croissant  3.40"]
    assert fields.mentioning(rows, ["almond", "juice"]) == []
    assert fields.mentioning(rows, []) == []
