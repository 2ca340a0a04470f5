"""PDFs made for the tests, object by object; and libraries that misbehave in a process apart."""

from __future__ import annotations

from pathlib import Path

import pytest

LETTER = b"0 0 612 792"
WORDS = b"BT /F 40 Tf 20 50 Td (Page %d) Tj ET 1 0 0 rg 0 0 30 30 re f"


def page(
    box: bytes = LETTER, content: bytes = b"", more: bytes = b""
) -> tuple[bytes, bytes, bytes]:
    """more: further entries of the page, or objects behind it."""
    return box, content or WORDS % 1, more


def paper(*pages: tuple[bytes, bytes, bytes], trailer: bytes = b"") -> bytes:
    """A PDF of these pages, which can write in Helvetica."""
    kids = b" ".join(b"%d 0 R" % (3 + 2 * number) for number in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%b]/Count %d>>" % (kids, len(pages)),
    ]
    font = b"/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
    for number, (box, content, more) in enumerate(pages):
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox[%b]%b/Contents %d 0 R%b>>"
            % (box, font, 4 + 2 * number, more)
        )
        objects.append(b"<</Length %d>>stream\n%b\nendstream" % (len(content), content))
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%b endobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    head = b"xref\n0 %d\n0000000000 65535 f \n" % size
    tail = b"trailer<</Size %d/Root 1 0 R%b>>\nstartxref\n%d\n%%%%EOF" % (size, trailer, len(out))
    return out + head + table + tail


ENCRYPTED = paper(
    page(),
    trailer=b"/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -1/O<%b>/U<%b>>>"
    % (b"11" * 32, b"22" * 32),
)


def stand_in(folder: Path, monkeypatch: pytest.MonkeyPatch, library: str, body: str) -> None:
    """A module of this name is found before the real one, by this process and by those apart."""
    (folder / f"{library}.py").write_text(body)
    monkeypatch.syspath_prepend(folder)
