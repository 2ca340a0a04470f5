"""Waits that providers ask for, and requests that they refuse."""

from __future__ import annotations

from email.utils import formatdate

from tests.matrix.rows import error, remedy, warning

from .said import PLAIN, again, fails, refusal

WAITS = (
    *tuple(
        again(
            f"69{letter}",
            8,
            f"Retry-After: {wait}",
            ("status", 503, wait),
            error(r"openai failed: told so by 503 \(HTTP 503\)"),
        )
        for letter, wait in zip(
            "abcd", ("0", "-5", "soon", "Thu, 01 Jan 1970 00:00:00 GMT"), strict=True
        )
    ),
    again(
        "69e",
        8,
        "retry-after-ms",
        refusal(503, "Later", retry_after_ms="20"),
        error(r"openai failed: Later \(HTTP 503\); it asks to wait 1 s"),
    ),
    fails(
        "69f",
        8,
        "Retry-After: a date in an hour",
        refusal(503, "Later", retry_after=formatdate(4000000000.0, usegmt=True)),
        error(r"openai failed: Later \(HTTP 503\); it asks to wait \d+ s"),
    ),
    fails(
        "69g",
        6,
        "a wait beyond the deadline",
        ("status", 429, "30"),
        error(r"openai's rate limit is reached: .+; it asks to wait 30 s"),
        options=(*PLAIN, "--timeout", "20"),
    ),
)


REFUSED = (
    fails(
        "39a",
        5,
        "400 about the picture",
        refusal(400, "The image could not be processed", "image_parse_error"),
        error(r"openai refuses the picture p\.png: The image could not be processed \(HTTP 400\)"),
        remedy(r".+"),
    ),
    fails(
        "39b",
        5,
        "422 about the picture",
        refusal(422, "Invalid image", "invalid_image_format"),
        error(r"openai refuses the picture p\.png: Invalid image \(HTTP 422\)"),
        remedy(r".+"),
    ),
    fails(
        "39c",
        1,
        "400 about an option",
        refusal(400, "temperature must be below 2", param="temperature"),
        error(r"openai refuses --temperature: temperature must be below 2 \(HTTP 400\)"),
        options=(*PLAIN, "--temperature", "1.5"),
    ),
    fails(
        "39d",
        1,
        "400 about a field of -o",
        refusal(400, "Unknown field", param="sparkle"),
        error(r"openai refuses the option 'sparkle': Unknown field \(HTTP 400\)"),
        options=(*PLAIN, "-o", "sparkle=1"),
    ),
    fails(
        "40a",
        3,
        "404 model",
        refusal(404, "No such model", "model_not_found"),
        error(r"openai does not have the model.*: No such model \(HTTP 404\)"),
        remedy(r".+"),
        model="openai/gpt-4o",
    ),
    fails(
        "40b",
        5,
        "413",
        refusal(413, "Request too large"),
        error(r"openai refuses the picture.*: Request too large \(HTTP 413\)"),
        remedy(r"a smaller picture, or fewer of them"),
    ),
    fails(
        "40c",
        3,
        "a model that is not known here either",
        refusal(404, "No such model"),
        warning(r".*gpt-4ooo.*"),
        error(r"openai does not have the model.*: No such model \(HTTP 404\)"),
        remedy(r".+"),
        model="openai/gpt-4ooo",
    ),
)

ROWS = (
    *WAITS,
    *REFUSED,
)
