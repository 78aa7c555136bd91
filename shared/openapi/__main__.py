"""`python -m openapi`: what `make openapi` runs."""

from openapi.document import document
from openapi.files import DOCUMENT, as_text
from openapi.page import PAGE, page


def main() -> None:
    """Write the document, and the page about filters."""
    DOCUMENT.write_text(as_text(document()))
    PAGE.write_text(page())


if __name__ == "__main__":
    main()
