"""Where a secret may be sent."""

from urllib.parse import urlsplit

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}


def is_https_or_local(url: str) -> bool:
    """Tell whether nobody on the way can read what is sent to an address.

    Raises:
        ValueError: If it is no address.
    """
    parts = urlsplit(url)
    on_this_machine = parts.scheme == "http" and parts.hostname in _LOOPBACK
    return on_this_machine or (parts.scheme == "https" and bool(parts.hostname))
