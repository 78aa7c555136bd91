from base64 import b64encode
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.wix_webhooks.sender import Sender
from wix_webhooks.keys import read_public_keys


def encoded(pem: str) -> str:
    return b64encode(pem.encode()).decode()


def in_lines(text: str) -> str:
    return "\n".join(text[at : at + 64] for at in range(0, len(text), 64))


def elliptic() -> str:
    public = generate_private_key(SECP256R1()).public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def edwards() -> str:
    public = Ed25519PrivateKey.generate().public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def of_an_unknown_kind(wix: Sender) -> str:
    public = wix.key.private.public_key()
    der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    rsa, unknown = bytes.fromhex("2a864886f70d010101"), bytes.fromhex("2a864886f70d010163")
    content = b64encode(der.replace(rsa, unknown)).decode()
    return f"-----BEGIN PUBLIC KEY-----{content}-----END PUBLIC KEY-----"


def pkcs1(wix: Sender) -> str:
    return wix.key.private.public_key().public_bytes(Encoding.PEM, PublicFormat.PKCS1).decode()


def private(wix: Sender) -> str:
    return wix.key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


@pytest.mark.parametrize(
    "written",
    [
        lambda pem: pem,
        lambda pem: pem.strip(),
        lambda pem: f"\n  {pem}  \n",
        lambda pem: f'"{pem}"',
        lambda pem: pem.replace("\n", "\r\n"),
        lambda pem: pem.replace("\n", "\\n"),
        lambda pem: pem.replace("\n", "\\r\\n"),
        lambda pem: pem.replace("\n", " "),
        encoded,
        lambda pem: encoded(pem.replace("\n", "\r\n")),
        lambda pem: f" {in_lines(encoded(pem))}\n",
        lambda pem: in_lines(encoded(pem)).replace("\n", "\\n"),
        lambda pem: f'"{encoded(pem)}"',
    ],
    ids=[
        "as shown",
        "without its last line break",
        "with blanks around",
        "with quotes around",
        "with line breaks of Windows",
        "with line breaks in two letters",
        "with line breaks in four letters",
        "with blanks for line breaks",
        "in base64",
        "in base64, with line breaks of Windows",
        "in base64 of several lines",
        "in base64 of several lines in one",
        "in base64 with quotes around",
    ],
)
def test_a_key_is_read_however_it_was_pasted(wix: Sender, written: Callable[[str], str]) -> None:
    (key,) = read_public_keys(written(wix.key.public_pem))

    assert key == wix.key.private.public_key()


@pytest.mark.parametrize(
    "written",
    [
        lambda wix: wix.short_key.public_pem,
        lambda wix: wix.key.public_pem[:-40],
        lambda wix: wix.key.public_pem.replace("M", "-", 1),
        lambda wix: wix.key.public_pem.replace("A", "é", 1),
        lambda wix: encoded(wix.key.public_pem)[:-80],
        lambda wix: "".join(wix.key.public_pem.splitlines()[1:-1]),
        lambda _: elliptic(),
        lambda _: edwards(),
        of_an_unknown_kind,
        pkcs1,
        private,
        lambda _: "-----BEGIN PUBLIC KEY----- -----END PUBLIC KEY-----",
        lambda _: encoded("no key"),
        lambda _: "____",
        lambda _: "\ud800",
    ],
    ids=[
        "too short",
        "cut off",
        "of no base64",
        "beyond ASCII",
        "cut off in base64",
        "without its frame",
        "elliptic",
        "Edwards",
        "of an unknown kind",
        "PKCS 1",
        "private",
        "empty",
        "base64 of something else",
        "base64 for addresses",
        "no text",
    ],
)
def test_anything_else_is_no_key(wix: Sender, written: Callable[[Sender], str]) -> None:
    assert read_public_keys(written(wix)) == [None]


@pytest.mark.parametrize(
    "together",
    [
        lambda first, second: first + second,
        lambda first, second: first + second.replace("PUBLIC", "RSA PUBLIC"),
        lambda first, second: encoded(first + second),
        lambda first, second: encoded(first) + encoded(second),
        lambda first, second: f"{encoded(first)}\n{encoded(second)}",
        lambda first, second: f"{encoded(first)};{encoded(second)}",
        lambda first, second: f"{first};{second}",
    ],
    ids=[
        "a bundle",
        "a bundle of two kinds",
        "a bundle in base64",
        "in base64",
        "in base64, line by line",
        "in base64, with another sign between",
        "with another sign between",
    ],
)
@pytest.mark.parametrize("padding", ["", "\n", "\n\n"])
def test_two_keys_without_a_comma_between_them_are_none(
    wix: Sender, together: Callable[[str, str], str], padding: str
) -> None:
    first, second = wix.key.public_pem + padding, wix.other_key.public_pem

    assert read_public_keys(together(first, second)) == [None]


def test_keys_stay_in_their_order_and_gaps_are_no_keys(wix: Sender) -> None:
    first, second = wix.key.public_pem, encoded(wix.other_key.public_pem)

    keys = read_public_keys(f",{first}, ,nonsense,{second},")

    assert keys == [wix.key.private.public_key(), None, wix.other_key.private.public_key()]


@given(st.text() | st.text("-BEGINPUBLICKEYND \nMA=+/"))
def test_any_text_is_read_as_keys(text: str) -> None:
    assert set(read_public_keys(text)) <= {None}
