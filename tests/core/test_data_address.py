"""Pictures written into an address: what they hold, and what is said of those that hold none."""

from __future__ import annotations

import pytest

from visioncli.core import data_address
from visioncli.core.errors import ImageProblem


@pytest.mark.parametrize(
    ("address", "label", "data"),
    [
        ("data:image/png;base64,AAAA", "image/png", b"\0\0\0"),
        ("DATA:IMAGE/PNG;BASE64,AAAA", "image/png", b"\0\0\0"),
        ("data:image/png; base64,AAAA", "image/png", b"\0\0\0"),
        ("data:image/png;name=a.png;base64,AA%3D%3D", "image/png", b"\0"),
        ("data:image/png;base64,AA AA\r\nAAAA", "image/png", b"\0" * 6),
        ("data:;base64,AAAA", "", b"\0\0\0"),
        ("data:,a%20b", "", b"a b"),
        ("data:image/svg+xml,<svg/>,", "image/svg+xml", b"<svg/>,"),
        ("data:image/svg+xml;utf8,ü\udcff", "image/svg+xml", b"\xc3\xbc\xff"),
    ],
)
def test_what_an_address_holds(address: str, label: str, data: bytes) -> None:
    assert data_address.opened(address) == (label, data)


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("data:image/png;base64", "holds no data"),
        ("data:image/png;base64,AAA", "is not valid base64"),
        ("data:image/png;base64,AA=A", "is not valid base64"),
        ("data:image/png;base64,AA_-", "is not valid base64"),
        ("data:image/png,\ud83d", "holds what is no text"),
    ],
)
def test_one_that_holds_no_picture_is_the_pictures_fault(address: str, why: str) -> None:
    with pytest.raises(ImageProblem) as caught:
        data_address.opened(address)
    assert caught.value.exit == 5
    assert caught.value.code == "image_unreadable"
    assert caught.value.message.endswith(why)
    assert caught.value.message.isprintable()


def test_a_message_repeats_the_beginning_alone() -> None:
    with pytest.raises(ImageProblem) as caught:
        data_address.opened("data:image/png;base64," + "A" * 99_999)
    assert len(caught.value.message) < 80
