"""`python -m tests.openapi`: what `make openapi` runs."""

from tests.openapi.document import document
from tests.openapi.files import DOCUMENT, as_text


def main() -> None:
    DOCUMENT.write_text(as_text(document()))


if __name__ == "__main__":
    main()
