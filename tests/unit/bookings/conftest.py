"""A process that has little time for Wix's reader."""

import pytest

from wix_admin.bookings import booking_effect as changing


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader is not waited for as long as it would be."""
    monkeypatch.setattr(changing, "FIRST_PAUSE_SECONDS", 0.01)
