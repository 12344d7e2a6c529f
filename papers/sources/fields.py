"""A stranger's JSON, read field by field without trusting its shape."""

from datetime import UTC, datetime

from papers.sources.text import one_line, web_url

LARGEST_COUNT = 2**31 - 1  # what the column holds


class Fields:
    """One JSON object. A field that is missing or of another kind was not told."""

    def __init__(self, value: object) -> None:
        self.told: dict[str, object] = value if isinstance(value, dict) else {}

    def text(self, name: str, limit: int) -> str:
        value = self.told.get(name)
        return one_line(value, limit) if isinstance(value, str) else ""

    def url(self, name: str) -> str:
        value = self.told.get(name)
        return web_url(value) if isinstance(value, str) else ""

    def fields(self, name: str) -> "Fields":
        return Fields(self.told.get(name))

    def each(self, name: str) -> list[object]:
        value = self.told.get(name)
        return value if isinstance(value, list) else []

    def texts(self, name: str, limit: int) -> list[str]:
        lines = [one_line(value, limit) for value in self.each(name) if isinstance(value, str)]
        return [line for line in lines if line]

    def count(self, name: str) -> int | None:
        value = self.told.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            return None
        return value if 0 <= value <= LARGEST_COUNT else None

    def moment(self, name: str) -> datetime | None:
        """A time in ISO 8601; one without a zone is taken for UTC."""
        value = self.told.get(name)
        try:
            moment = datetime.fromisoformat(value) if isinstance(value, str) else None
            return moment and utc(moment)
        except (ValueError, OverflowError):
            return None


def utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
