"""Reads the public keys that an app's deliveries are signed with."""

import re
from base64 import b64decode

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

MINIMUM_BITS = 2048

_BEGIN = "-----BEGIN"
_PEM = re.compile(rf"{_BEGIN} PUBLIC KEY-----(.+?)-----END PUBLIC KEY-----", re.DOTALL)
_NO_PART_OF_IT = re.compile(r"\\[nr]|[\s\"']")


def read_public_keys(text: str) -> list[RSAPublicKey | None]:
    r"""Read a comma separated list of RSA public keys.

    Args:
        text: Each key is a PEM (SubjectPublicKeyInfo, RFC 7468) or base64 of one. Line breaks may
            also be blanks or a literal `\n`, as environments and templates make of them.

    Returns:
        The keys in their order; None in the place of one that cannot be read, is not RSA or has
        fewer than `MINIMUM_BITS`, and of several without a comma between them.
    """
    return [_read(item) for item in text.split(",") if item.strip()]


def _read(item: str) -> RSAPublicKey | None:
    try:
        text = item if _BEGIN in item else _decode(item).decode()
        pem = _PEM.search(text) if text.count(_BEGIN) == 1 else None
        key = load_der_public_key(_decode(pem[1])) if pem else None
    except (ValueError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, RSAPublicKey) and key.key_size >= MINIMUM_BITS else None


def _decode(text: str) -> bytes:
    # Otherwise what follows a padding, such as a second key, is left out without a word.
    return b64decode(_NO_PART_OF_IT.sub("", text), validate=True)
