"""`python -m openapi`: what `make openapi` runs."""

from openapi.document import document
from openapi.files import DOCUMENT, as_text


def main() -> None:
    """Write the document."""
    DOCUMENT.write_text(as_text(document()))


if __name__ == "__main__":
    main()
