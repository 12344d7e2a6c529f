"""What many readers cost, in and out of files: `.venv/bin/python -m bench.imports 1000000`.

On a PostgreSQL of its own, each command a process of its own, with its seconds and its peak
memory. Then the desk's list of them: for each page the queries and the median of its answers.
"""

from __future__ import annotations

import os
import random
import sys
import time
from pathlib import Path
from statistics import median
from subprocess import run

from tests.ground import Ground
from tests.storm.site import Site, Templates

ROUNDS = 11
DOMAINS = ["gmail.com", "naver.com", "daum.net", *(f"example{number}.org" for number in range(997))]
WORDS = "Yes, mail me Daily Papers each morning."
LIST = "/en/admin/newsletter/subscription/"
PAGES = ["", "?p=50", "?state__exact=pending", "?state__exact=unsubscribed", "?language=en"]
PAGES += ["?newsletter__id__exact={newsletter}", "?q=reader777777@", "?q={address}", "?q=nobody"]
PAGES += ["?state__exact=confirmed&language=ko", "?q=@example77.org"]


def main(count: int) -> None:
    ground = Ground()
    try:
        server = Templates(ground).postgres(max_wal_size="4GB")
        server.start()
        site = Site(ground, DATABASE_URL=server.url, DJANGO_SETTINGS_MODULE="newsletter.settings")
        folder = ground.new_folder("files")
        file = written(folder / "readers.csv", count)
        taken = ["--consent", WORDS, "--confirmed"]
        measure(site, "import", "import_subscribers", file, *taken)
        measure(site, "export", "export_subscribers", "--output", folder / "out.csv")
        output = ["--consents", "--output", folder / "all.csv"]
        measure(site, "with consents", "export_subscribers", *output)
        measure(site, "import again", "import_subscribers", file, *taken)
        with server.connect() as connection:
            connection.execute("VACUUM ANALYZE")
        run([sys.executable, "-m", "bench.imports", "list"], env=site.environment, check=True)
    finally:
        ground.close()


def written(path: Path, count: int) -> Path:
    """Most of them confirmed; some have left, some never answered; two languages."""
    dice = random.Random(count)
    with path.open("w") as file:
        file.write("email,language,state,name\n")
        for number in range(count):
            state = dice.choices(["confirmed", "unsubscribed", "pending"], [94, 5, 1])[0]
            language = dice.choice(["ko", "en"])
            file.write(f"reader{number}@{dice.choice(DOMAINS)},{language},{state},Kim\n")
    return path


def measure(site: Site, name: str, *command: object) -> None:
    """Seconds, those of them on the processor (without PostgreSQL's), and the peak memory."""
    started = time.perf_counter()
    arguments = [*site.manage_py, *map(str, command)]
    process = os.posix_spawn(
        sys.executable, arguments, site.environment, file_actions=[(os.POSIX_SPAWN_CLOSE, 0)]
    )
    _, status, usage = os.wait4(process, 0)
    assert status == 0, status
    seconds, cpu = time.perf_counter() - started, usage.ru_utime + usage.ru_stime
    peak = usage.ru_maxrss // 1024
    print(f"{name:>16}{seconds:>10.1f} s{cpu:>10.1f} s CPU{peak:>8} MB", flush=True)


def pages() -> None:
    import django

    django.setup()
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from newsletter.models import Newsletter, Subscriber
    from tests.factories import make_editor

    address = Subscriber.objects.order_by("pk").values_list("email", flat=True)[777_777 % 1000]
    newsletter = Newsletter.objects.get(slug=Newsletter.DEFAULT_SLUG).pk
    client = Client(headers={"host": "localhost"})
    client.force_login(make_editor(is_superuser=True))
    for page in PAGES:
        url = LIST + page.format(address=address, newsletter=newsletter)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200, url
        count = len(queries)
        times = []
        for _ in range(ROUNDS):
            started = time.perf_counter()
            client.get(url)
            times.append((time.perf_counter() - started) * 1000)
        print(f"{page or '(all)':>40}{count:>4}{median(times):>8.0f} ms", flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "list":
        pages()
    else:
        main(int(sys.argv[1]))
