"""Two versions of the product at work on one database, as in the middle of a deployment."""

from __future__ import annotations

import random
import subprocess
import tarfile
import time
from io import BytesIO
from pathlib import Path

from tests.ground import Ground
from tests.storm.crew import Crew
from tests.storm.kills import CONNECTIONS, PAUSES, at_most_one_a_connection
from tests.storm.sinks import SmtpSink
from tests.storm.site import ROOT
from tests.storm.trial import Skipped, Trial, fault

READERS = 6_000
MIGRATIONS = ("newsletter/migrations", "papers/migrations")


@fault("F28", "0 lost, 0 repeated, at most 1 in doubt per connection of a killed sender")
def two_versions(trial: Trial) -> None:
    """Senders of this version and of the oldest one with the same tables, on one machine, send the
    same editions; now and then one is killed (`kill -9`), and whoever comes next takes over"""
    commit, distance = oldest_with_these_tables()
    sink = SmtpSink(trial.ground)
    site, server = trial.postgres_site(sink)
    old = trial.site(server.url, sink, VAR_DIR=str(site.var))
    old.root = checked_out(trial.ground, commit)
    readers, kills = trial.times(READERS, 1_500), trial.times(50, 6)
    days, sent, hits = site.seed(readers, trial.times(20, 2), connections=CONNECTIONS), [], 0
    while hits < kills and days:
        sent.append(days.pop(0))
        crews = [Crew(each, commands=1) for each in (site, old)]
        hits += send_with_both(crews, sent[-1], kills - hits)
        trial.tell(f"{hits} of {kills} kills, {len(sent)} editions")
    trial.injected = f"{hits} kills in {len(sent)} editions of {readers:,}"
    found = trial.judge(site, sink, expected=readers * len(sent), verify=sent)
    trial.figure(f"with commit {commit}, {distance} commits older")
    at_most_one_a_connection(trial, found)


def oldest_with_these_tables() -> tuple[str, int]:
    """Its short hash, and by how many commits it is older. Raises Skipped where there is none."""
    commit = git("log", "-1", "--format=%h", "--", *MIGRATIONS)
    if not commit:
        raise Skipped("needs the history of this repository, as `git clone` brings it")
    if git("status", "--porcelain", "--", *MIGRATIONS):
        raise Skipped("the migrations have changed since the last commit")
    distance = int(git("rev-list", "--count", f"{commit}..HEAD"))
    if not distance:
        raise Skipped("the newest commit has changed the tables: no older version knows them")
    return commit, distance


def git(*arguments: str) -> str:
    """What it says; blank where there is no repository, or no git."""
    command = ["git", "-C", str(ROOT), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def checked_out(ground: Ground, commit: str) -> Path:
    folder = ground.new_folder("old")
    command = ["git", "-C", str(ROOT), "archive", commit]
    packed = subprocess.run(command, capture_output=True, check=True).stdout
    with tarfile.open(fileobj=BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return folder


def send_with_both(crews: list[Crew], day: str, kills: int) -> int:
    """How many were killed."""
    for crew in crews:
        crew.send(day)
    for _ in crews[0].until_settled():
        crews[1].fill_up()
        if sum(crew.hit_count for crew in crews) < kills:
            time.sleep(random.uniform(*PAUSES))
            random.choice(crews).hit_one()
    for crew in crews:
        crew.end()
    return sum(crew.hit_count for crew in crews)
