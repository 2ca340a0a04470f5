"""Signature Version 4 as a server checks it, by its documentation and without botocore.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from hashlib import sha256
from urllib.parse import quote

ACCESS, SECRET = "AKIDCANARYEXAMPLE", "canary/SECRET+0123456789abcdefWXYZ"
TOKEN = "FwoGZXIvYXdzCANARYTOKEN=="
HEADER = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<access>[^/]+)/(?P<date>\d{8})/(?P<region>[^/]+)/"
    r"(?P<service>[^/]+)/aws4_request, SignedHeaders=(?P<names>[a-z0-9;-]+), "
    r"Signature=(?P<signature>[0-9a-f]{64})"
)


def check(
    method: str, path: str, headers: Mapping[str, str], body: bytes, *, region: str
) -> Mapping[str, str]:
    """The parts of the authorization; AssertionError where it does not fit the request.

    path: as it came over the wire, without a query. headers: names in small letters.
    """
    found = HEADER.fullmatch(headers["authorization"])
    assert found, headers["authorization"]
    names = found["names"].split(";")
    assert names == sorted(names)
    assert {"host", "x-amz-date"} <= set(names)
    must = {name for name in headers if name.startswith("x-amz-")}
    must |= {"content-type"} & headers.keys()
    assert must <= set(names)
    digest = sha256(body).hexdigest()
    assert headers.get("x-amz-content-sha256", digest) == digest
    assert (found["access"], found["region"], found["service"]) == (ACCESS, region, "bedrock")
    time = headers["x-amz-date"]
    assert time[:8] == found["date"]
    signed = [f"{name}:{' '.join(headers[name].split())}" for name in names]
    twice = quote(path, safe="/-_.~")  # it is encoded on the wire, and once more here
    canonical = "\n".join([method, twice, "", *signed, "", found["names"], digest])
    scope = f"{found['date']}/{region}/bedrock/aws4_request"
    to_sign = f"AWS4-HMAC-SHA256\n{time}\n{scope}\n{sha256(canonical.encode()).hexdigest()}"
    key = f"AWS4{SECRET}".encode()
    for part in (found["date"], region, "bedrock", "aws4_request", to_sign):
        key = hmac.digest(key, part.encode(), "sha256")
    assert key.hex() == found["signature"]
    return found.groupdict()
