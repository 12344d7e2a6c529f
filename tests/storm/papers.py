"""Where papers come from in a storm: a stand-in that lists other papers on every day."""

from __future__ import annotations

import json
import threading
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.storm.site import ROOT

SAMPLE = ROOT / "newsletter" / "sample" / "papers.json"


class Papers:
    """`environment` leads to it. arXiv, asked for details, knows nothing."""

    def __init__(self) -> None:
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def environment(self) -> dict[str, str]:
        root = f"http://127.0.0.1:{self.server.server_port}"
        return {"HF_API_URL": f"{root}/api", "ARXIV_API_URL": f"{root}/arxiv"}

    def __enter__(self) -> Papers:
        return self

    def __exit__(self, *error: object) -> None:
        self.server.shutdown()
        self.server.server_close()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        url = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        is_list = url.path == "/api/daily_papers"
        is_first = asked.get("p", "0") == "0"
        listed = entries(date.fromisoformat(asked["date"])) if is_list and is_first else []
        body = json.dumps(listed).encode() if is_list else b""
        self.send_response(200 if is_list else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: the site's own log tells what it asked."""


def entries(day: date) -> list[dict]:
    """The sample's papers, as the Daily Papers API lists them, each under a number of that day: an
    edition leaves out what an earlier one had."""
    return [
        {
            "paper": {
                "id": f"{day:%y%m}.{day:%d}{number:03}",
                "title": each["title"],
                "summary": each["abstract"],
                "authors": [{"name": name} for name in each["authors"]],
                "publishedAt": each["published_at"],
                "upvotes": each["vote_count"],
            }
        }
        for number, each in enumerate(json.loads(SAMPLE.read_text()))
    ]
