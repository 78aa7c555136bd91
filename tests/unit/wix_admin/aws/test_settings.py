"""The environment of a function."""

import pytest

from tests import canaries
from wix_admin import process
from wix_admin.aws.settings import Settings, settings
from wix_admin.errors import SettingsError

GOOD = {"WIX_SECRET_ARN": "arn:wix", "WIX_SITE_ID": canaries.SITE_ID}


def test_little_is_needed() -> None:
    here = Settings.read({**GOOD, "PATH": "/bin", "wix_site_id": "other"})

    assert here.wix_api_url == "https://www.wixapis.com"
    assert here.wix_site_id == canaries.SITE_ID
    assert here.wix_secret_arn == "arn:wix"


def test_the_site_is_the_same_in_upper_case() -> None:
    here = Settings.read({**GOOD, "WIX_SITE_ID": canaries.SITE_ID.upper()})

    assert here.wix_site_id == canaries.SITE_ID


def test_all_mistakes_are_told_at_once_and_none_is_quoted() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.read({"WIX_SITE_ID": "my-site", "WIX_API_URL": "ftp://nowhere"})

    told = str(caught.value)
    assert all(name in told for name in ("WIX_SITE_ID", "WIX_API_URL", "WIX_SECRET_ARN"))
    assert "my-site" not in told
    assert "nowhere" not in told


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("https://www.wixapis.com", "https://www.wixapis.com"),
        ("https://www.wixapis.com/", "https://www.wixapis.com"),
        ("https://wix.example:8443", "https://wix.example:8443"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost:8080/", "http://localhost:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_wix_is_at_an_https_address_or_on_this_machine(url: str, read: str) -> None:
    assert Settings.read({**GOOD, "WIX_API_URL": url}).wix_api_url == read


@pytest.mark.parametrize(
    "url",
    [
        "", "www.wixapis.com", "//www.wixapis.com", "http://www.wixapis.com", "ftp://localhost",
        "http://127.0.0.1.example", "http://localhost.example", "http://127.0.0.1@wix.example",
        "http://0.0.0.0", "http://192.168.0.1", "https://", "https:///path", "https://[::1",
        "https://www.wixapis.com/v1", "https://www.wixapis.com?a=b", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_no_other_address_is_taken(url: str) -> None:
    with pytest.raises(SettingsError, match="WIX_API_URL: "):
        Settings.read({**GOOD, "WIX_API_URL": url})


def test_the_environment_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first = settings()
    monkeypatch.setenv("WIX_SECRET_ARN", "another")

    assert settings() is first


@pytest.mark.parametrize("name", ["", None])
def test_a_function_that_changes_the_shop_needs_a_table(
    monkeypatch: pytest.MonkeyPatch, name: str | None
) -> None:
    monkeypatch.delenv("EFFECTS_TABLE_NAME")
    if name is not None:
        monkeypatch.setenv("EFFECTS_TABLE_NAME", name)

    with pytest.raises(SettingsError, match="EFFECTS_TABLE_NAME"):
        process.effects_table()
