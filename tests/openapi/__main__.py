"""`python -m tests.openapi`: what `make openapi` runs."""

from tests.openapi.document import document
from tests.openapi.files import DOCUMENT, as_text
from tests.openapi.page import PAGE, page


def main() -> None:
    DOCUMENT.write_text(as_text(document()))
    PAGE.write_text(page())


if __name__ == "__main__":
    main()
