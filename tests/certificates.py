"""An authority of our own, and the certificates it signs, made by the openssl command."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]


@dataclass(frozen=True)
class Authority:
    folder: Path

    @property
    def cafile(self) -> Path:
        return self.folder / "authority.pem"

    def sign(self, host: str) -> Path:
        """A server's certificate and its key, in one file."""
        path = self.folder / f"{host}.pem"
        name = ["-subj", "/CN=paperboy test", "-addext", f"subjectAltName=DNS:{host}"]
        signed = ["-CA", self.cafile, "-CAkey", self.cafile, "-days", "1"]
        openssl("req", "-x509", *KEY, "-keyout", path, "-out", f"{path}.new", *name, *signed)
        path.write_text(path.read_text() + Path(f"{path}.new").read_text())
        return path


def make_authority(folder: Path) -> Authority:
    authority = Authority(folder)
    path = authority.cafile
    name = ["-subj", "/CN=paperboy test authority", "-days", "2"]
    openssl("req", "-x509", *KEY, "-keyout", f"{path}.key", "-out", path, *name)
    path.write_text(path.read_text() + Path(f"{path}.key").read_text())
    return authority


def openssl(*arguments: str | Path) -> None:
    if shutil.which("openssl") is None:
        stop = pytest.fail if os.environ.get("CI") else pytest.skip
        stop("no openssl: install it to have certificates made")
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)
