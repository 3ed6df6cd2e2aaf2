"""Where a figure was found: the source, its licence, and to whom it is owed."""

from attrs import field, frozen

from tipline_outcomes.errors import InvalidValueError

__all__ = ["ReadIn", "Source"]


@frozen(kw_only=True)
class ReadIn:
    """A collection of copies in which sources were read, with what its licence asks for.

    Attributes:
        title: Its title.
        url: The state that was read.
        licence: Under which it is given.
        attribution: Whom to name.
    """

    title: str
    url: str
    licence: str
    attribution: str


@frozen(kw_only=True)
class Source:
    """A page or a document in which figures were found. Only numbers are taken from it.

    Attributes:
        key: The name by which figures refer to it.
        title: Its title, in the letters of English.
        publisher: Who published it.
        url: Where it was found.
        published: The year, or the day, of publication.
        licence: Its licence; None where none was seen.
        via: The collection of copies in which it was read, if it was.

    Raises:
        InvalidValueError: If one of the texts is missing.

    >>> from tipline_outcomes.evidence import catalogue
    >>> source = catalogue()["ch-reports-2023"].source
    >>> print(source)
    fedpol, "fedpol Report 2023: Paedokriminelle auf der Lauer" (2024)
    >>> print(catalogue()["ncmec-country-ch-2023"].source.attribution)
    NCMEC, "2023 CyberTipline Reports by Country" (2024); read in Robert Grimm, Diaphanous, ..., CC BY 4.0 ...
    """

    key: str
    title: str
    publisher: str
    url: str
    published: str
    licence: str | None = None
    via: ReadIn | None = field(default=None)

    def __attrs_post_init__(self) -> None:
        """Refuse a source that nobody could find again."""
        for name in ("key", "title", "publisher", "url", "published"):
            text: str = getattr(self, name)
            if not text.strip():
                message = f"{name} is missing"
                raise InvalidValueError(message)

    @property
    def attribution(self) -> str:
        """Whom to name beside a number, with the copy in which it was read and its licence."""
        if self.via is None:
            return str(self)
        return f"{self}; read in {self.via.attribution}, {self.via.licence}"

    def __str__(self) -> str:
        return f'{self.publisher}, "{self.title}" ({self.published})'
