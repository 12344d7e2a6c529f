"""Where papers come from in a storm: a stand-in that lists the same few on every day."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

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
        is_list = self.path.startswith("/api/daily_papers")
        is_first = "p=" not in self.path or "p=0" in self.path
        body = json.dumps(entries() if is_first else []).encode() if is_list else b""
        self.send_response(200 if is_list else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing: the site's own log tells what it asked."""


def entries() -> list[dict]:
    """The sample's papers, as the Daily Papers API lists them."""
    return [
        {
            "paper": {
                "id": each["canonical_id"],
                "title": each["title"],
                "summary": each["abstract"],
                "authors": [{"name": name} for name in each["authors"]],
                "publishedAt": each["published_at"],
                "upvotes": each["vote_count"],
            }
        }
        for each in json.loads(SAMPLE.read_text())
    ]
