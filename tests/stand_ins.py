"""Stand-ins for the services that papers come from: real answers, over real HTTP.

In a test: `serve_hugging_face(httpserver, folder)`. As a process of its own, until it is ended:

    python -m tests.stand_ins --folder FOLDER [--arxiv FOLDER] [--port PORT]

prints the settings that lead to it. It has an answer for every date: the recorded one, else one of
the recorded ones in turn, so that a clock may stand anywhere.
"""

import argparse
import copy
import json
import re
import signal
from datetime import date
from pathlib import Path

from lxml import etree
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

ATOM = "{http://www.w3.org/2005/Atom}"
OPENSEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
SEARCH = re.compile(
    r"cat:(?P<category>\S+) AND submittedDate:\[(?P<day>\d{8})0000 TO (?P=day)2359\]"
)
ARXIV_ID = re.compile(r"(\d{4}\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?/\d{7})(v\d+)?")


def serve_hugging_face(
    server: HTTPServer,
    *folders: Path,
    cap: int = 50,
    newest: date = date.max,
    any_day: bool = False,
) -> str:
    """Serve recorded answers named after their date; returns HF_API_URL.

    `cap` is the most entries a page may have, `newest` the last date that may be asked for.
    """
    recorded = {path.stem: path for folder in folders for path in sorted(folder.glob("*.json"))}

    def answer(request: Request) -> Response:
        day = day_in(request.args.get("date", ""))
        if day is None or day > newest:
            return json_answer({"error": f"Invalid date: {request.args.get('date')}"}, status=400)
        entries = recorded_on(day, recorded, any_day)
        size = min(int(request.args.get("limit", 50)), cap)
        start = int(request.args.get("p", 0)) * size
        return json_answer(entries[start : start + size])

    server.expect_request("/api/daily_papers", method="GET").respond_with_handler(answer)
    return server.url_for("/api")


def day_in(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        return None


def recorded_on(day: date, recorded: dict[str, Path], any_day: bool) -> list:
    path = recorded.get(day.isoformat())
    if path is None and any_day:
        path = list(recorded.values())[day.toordinal() % len(recorded)]
    return json.loads(path.read_bytes()) if path else []


def json_answer(body: object, status: int = 200) -> Response:
    return Response(json.dumps(body), status=status, content_type="application/json; charset=utf-8")


def serve_arxiv(server: HTTPServer, folder: Path) -> str:
    """Serve the entries of recorded answers by id, or by category and day; returns ARXIV_API_URL.

    As arXiv does: an unknown id has no entry, a malformed one spoils the whole question.
    """
    entries = recorded_entries(folder)
    error = (folder / "atom-2026-error.xml").read_bytes()

    def answer(request: Request) -> Response:
        if search := SEARCH.fullmatch(request.args.get("search_query", "")):
            return atom_answer(page_of(found_by(search, entries), folder, request))
        ids = request.args.get("id_list", "").split(",")
        if not all(ARXIV_ID.fullmatch(name) for name in ids):
            return atom_answer(error, status=400)
        feed = etree.fromstring((folder / "atom-2026-unknown-id.xml").read_bytes())
        most = int(request.args.get("max_results", 10))
        known = [copy.deepcopy(entries[name]) for name in ids if name in entries]
        feed.extend(known[:most])
        return atom_answer(etree.tostring(feed, xml_declaration=True, encoding="UTF-8"))

    server.expect_request("/api/query", method="GET").respond_with_handler(answer)
    return server.url_for("/api/query")


def serve_texts(server: HTTPServer, texts: dict[str, bytes | Response]) -> str:
    """Serve papers' texts by their path, `html/2407.00001` or `pdf/2407.00001`; returns ARXIV_URL.

    As arXiv does: where it has none, it says so on a page of its own.
    """

    def answer(request: Request) -> Response:
        text = texts.get(request.path.removeprefix("/texts/"))
        if text is None:
            return Response("<html><body>No HTML for this paper</body></html>", status=404)
        return text if isinstance(text, Response) else Response(text)

    server.expect_request(re.compile("/texts/.*"), method="GET").respond_with_handler(answer)
    return server.url_for("/texts")


def found_by(search: re.Match[str], entries: dict[str, etree._Element]) -> list[etree._Element]:
    """The oldest first, as it is asked for."""
    day = f"{search['day'][:4]}-{search['day'][4:6]}-{search['day'][6:]}"
    found = [
        entry
        for entry in entries.values()
        if entry.findtext(f"{ATOM}published", "").startswith(day)
        and search["category"] in {each.get("term") for each in entry.iter(f"{ATOM}category")}
    ]
    return sorted(found, key=lambda entry: entry.findtext(f"{ATOM}published"))


def page_of(found: list[etree._Element], folder: Path, request: Request) -> bytes:
    feed = etree.fromstring((folder / "atom-2026-unknown-id.xml").read_bytes())
    start, most = (int(request.args[name]) for name in ("start", "max_results"))
    feed.find(f"{OPENSEARCH}totalResults").text = str(len(found))
    feed.extend(copy.deepcopy(found[start : start + most]))
    return etree.tostring(feed, xml_declaration=True, encoding="UTF-8")


def recorded_entries(folder: Path) -> dict[str, etree._Element]:
    entries = {}
    for path in sorted(folder.glob("atom-*.xml")):
        for entry in etree.parse(path).iter(f"{ATOM}entry"):
            name = entry.findtext(f"{ATOM}id").rpartition("/abs/")[2]
            entries[name.partition("v")[0]] = entry
    return entries


def atom_answer(body: bytes, status: int = 200) -> Response:
    return Response(body, status=status, content_type="application/atom+xml; charset=utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--folder", type=Path, nargs="+", required=True, help="saved API answers")
    parser.add_argument("--arxiv", type=Path, help="saved Atom answers")
    parser.add_argument("--port", type=int, default=0, help="default: any free one")
    options = parser.parse_args()
    ends = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)  # before there are threads to be hit by one
    with HTTPServer(host="127.0.0.1", port=options.port) as server:
        print(f"HF_API_URL={serve_hugging_face(server, *options.folder, any_day=True)}", flush=True)
        if options.arxiv:
            print(f"ARXIV_API_URL={serve_arxiv(server, options.arxiv)}", flush=True)
        signal.sigwait(ends)


if __name__ == "__main__":
    main()
