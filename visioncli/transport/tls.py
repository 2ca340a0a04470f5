"""One TLS context a process. Certificates are always checked."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from visioncli.core.errors import CertificateProblem

BUNDLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
OWN_AUTHORITY = "a certificate authority of your own goes into SSL_CERT_FILE"
WRONG_TIME = "check this machine's clock; if it is right, the server needs a new certificate"
WRONG_NAME = "check the address: the certificate names other hosts"
HINTS = {9: WRONG_TIME, 10: WRONG_TIME, 62: WRONG_NAME, 64: WRONG_NAME}  # OpenSSL's X509_V_ERR_…


@cache
def context() -> ssl.SSLContext:
    """$SSL_CERT_FILE or another variable's bundle, $SSL_CERT_DIR, the system's, else certifi's.

    The system's folder of hashed certificates comes before its bundle: loading a whole bundle costs
    25 ms, a folder is read for the one certificate that is needed.
    """
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.set_alpn_protocols(["http/1.1"])
    file, folder = _named(os.environ)
    try:
        if file or folder:
            made.load_verify_locations(file, folder)
        elif hashed := _hashed():
            made.load_verify_locations(capath=hashed)
        else:
            _system_or_certifi(made)
    except (OSError, ssl.SSLError) as error:
        raise CertificateProblem(
            f"the certificates in {file or folder} cannot be loaded: {error}",
            hint=f"correct or unset {' or '.join((*BUNDLES, 'SSL_CERT_DIR'))}",
        ) from None
    return made


def _named(env: Mapping[str, str]) -> tuple[str | None, str | None]:
    """(a bundle, a folder) that the environment names."""
    named = next((value for name in BUNDLES if (value := env.get(name))), None)
    folder = env.get("SSL_CERT_DIR") or None
    if named and Path(named).is_dir():
        return None, named
    return named, folder


def _hashed() -> str | None:
    """The system's folder of certificates, where its files are named by their hashes."""
    folder = ssl.get_default_verify_paths().capath
    if folder is None:
        return None
    try:
        with os.scandir(folder) as entries:
            return folder if any(e.name.endswith(".0") for e in entries) else None
    except OSError:
        return None


def _system_or_certifi(made: ssl.SSLContext) -> None:
    made.load_default_certs()
    if not made.get_ca_certs():
        import certifi  # comes with the HTTP client; a bundle of its own costs 20 ms

        made.load_verify_locations(certifi.where())


def refused(host: str, error: BaseException) -> CertificateProblem:
    if isinstance(error, ssl.SSLCertVerificationError):
        return CertificateProblem(
            f"the certificate of {host} is not valid: {error.verify_message.rstrip('.')}",
            hint=HINTS.get(error.verify_code, OWN_AUTHORITY),
        )
    reason = getattr(error, "reason", None) or str(error)
    return CertificateProblem(
        f"no TLS connection to {host}: {reason}",
        hint="http:// in place of https://, if the server is one that speaks no TLS",
    )
