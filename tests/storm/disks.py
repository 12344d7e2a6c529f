"""A small disk: a file system in memory that can be filled to the last octet."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from pathlib import Path

from tests.ground import Ground, Postgres, wait_until
from tests.storm.site import DURABLE, Site
from tests.storm.trial import Skipped, Trial

MEGABYTES = 48
CHUNK = bytes(1 << 16)
UNPRIVILEGED = ("unshare", "--user", "--map-user=1000", "--map-group=1000")  # there we are root
SHELL = (
    'mount -t tmpfs -o size={size}m,mode=777 storm "{folder}" && touch "{folder}/mounted" && cat'
)


class SmallDisk:
    """Mounted in a namespace of its own, for which nobody needs to be root.

    Processes see it when they start with `prefix`; we see it below `outside`.
    """

    def __init__(self, ground: Ground, megabytes: int = MEGABYTES) -> None:
        self.folder = ground.new_folder("disk")
        namespace = ["unshare", "--user", "--map-root-user", "--mount"]
        if subprocess.call([*namespace, "true"], stderr=subprocess.DEVNULL):
            raise Skipped("needs user namespaces (sysctl kernel.unprivileged_userns_clone=1)")
        shell = SHELL.format(size=megabytes, folder=self.folder)
        self.keeper = ground.start(
            [*namespace, "sh", "-c", shell], self.folder / "log", stdin=subprocess.PIPE
        )
        wait_until((self.outside / "mounted").exists, seconds=10, what="the mount")

    @property
    def outside(self) -> Path:
        return Path(f"/proc/{self.keeper.pid}/root{self.folder}")

    @property
    def prefix(self) -> tuple[str, ...]:
        enter = ("nsenter", "--user", "--mount", "--preserve-credentials", "--wd")
        return (*enter, "--target", str(self.keeper.pid), "--")

    def fill(self) -> None:
        with (self.outside / "ballast").open("wb", buffering=0) as file:
            for size in (len(CHUNK), 4096, 512, 1):
                with suppress(OSError):
                    while file.write(CHUNK[:size]):
                        pass

    def empty(self) -> None:
        (self.outside / "ballast").unlink()

    def postgres(self, trial: Trial) -> Postgres:
        """A server with all tables, and its data here; not started yet."""
        server = Postgres(trial.ground, "small", **DURABLE)
        server.prefix, server.user = [*self.prefix, *UNPRIVILEGED], None
        with trial.templates.lock:
            template = trial.templates.postgres_data
        subprocess.run(["cp", "-a", template, self.outside / "data"], check=True)
        server.data.symlink_to(self.folder / "data")
        return server

    def sqlite_site(self, trial: Trial, sink) -> Site:
        """With its database and its journals here."""
        site = trial.site(f"sqlite:///{self.folder}/paperboy.sqlite3", sink)
        trial.templates.sqlite(self.outside / "paperboy.sqlite3")
        site.environment["VAR_DIR"] = str(self.folder)
        site.prefix = self.prefix
        return site
