"""What the documents say of variables, targets, commands and files is true."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from tests.ground import ENVIRONMENT

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
SETTINGS = (ROOT / "newsletter/settings.py").read_text()
VARIABLES = set(re.findall(r'env\.\w+\(\s*"([A-Z_0-9]+)"', SETTINGS))
each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)


def test_the_example_environment_names_every_variable_and_no_other():
    named = re.findall(r"^(?:# )?([A-Z_0-9]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)

    assert set(named) == VARIABLES


def test_the_page_on_configuration_explains_every_variable_and_no_other():
    page = (ROOT / "docs/configuration.md").read_text().partition("## The tests")[0]
    explained = re.findall(r"^\| `([A-Z_0-9]+)` \| [^|]+ \| \S", page, re.MULTILINE)

    assert sorted(explained) == sorted(VARIABLES)


def test_no_variable_of_a_developer_reaches_the_tests():
    of_servers = {"VAR_DIR", "DATABASE_URL", "REDIS_URL", "EMAIL_URL"}

    assert VARIABLES - of_servers - set(ENVIRONMENT) == set()


@each_document
def test_every_make_target_that_a_document_names_exists(document):
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z]+)", document.read_text(), re.MULTILINE))

    assert named - targets == set()


@each_document
def test_every_command_that_a_document_names_exists(document):
    named = set(re.findall(r"manage\.py ([a-z_]+)", document.read_text()))

    assert named - set(get_commands()) == set()


@each_document
def test_every_file_that_a_document_links_to_exists(document):
    links = re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)", document.read_text())

    assert [link for link in links if not (document.parent / link).exists()] == []


def test_each_part_of_the_compose_file_is_watched_and_started_again():
    text = (ROOT / "docker-compose.yml").read_text()
    services = text.partition("\nservices:\n")[2].partition("\nvolumes:\n")[0]
    parts = re.split(r"^  (?=[a-z]+:)", services, flags=re.MULTILINE)[1:]
    names = [part.partition(":")[0] for part in parts]

    assert names == ["migrate", "web", "worker", "beat", "db", "redis", "mail"]
    assert [
        name for name, part in zip(names, parts, strict=True) if "healthcheck:" not in part
    ] == []
    assert [name for name, part in zip(names, parts, strict=True) if not restarts(part)] == []


def test_the_compose_file_passes_on_every_variable_but_the_two_it_decides():
    text = (ROOT / "docker-compose.yml").read_text()
    passed_on = set(
        re.findall(r"^    ([A-Z_0-9]+):", text.partition("\nservices:")[0], re.MULTILINE)
    )

    assert VARIABLES - passed_on == {"DEBUG", "VAR_DIR"}


def restarts(part):
    return "<<: *paperboy" in part or "restart: unless-stopped" in part


def test_every_test_and_fault_that_the_page_on_security_names_exists():
    page = (ROOT / "docs/security.md").read_text()
    named = set(re.findall(r"`(test_\w+\.py)::(test_\w+)`", page))
    missing = {
        f"{file}::{name}"
        for file, name in named
        if f"def {name}(" not in (ROOT / "tests" / file).read_text()
    }
    storm = "".join(path.read_text() for path in (ROOT / "tests/storm").glob("*.py"))
    faults = set(re.findall(r'@fault\(\s*"(\w+)"', storm))

    assert missing == set()
    assert set(re.findall(r"\b[FA]\d\d\b", page)) - faults == set()


def test_the_page_on_security_answers_every_rule_and_threat():
    rows = re.findall(r"^\| ([WT]\d\d) \|", (ROOT / "docs/security.md").read_text(), re.MULTILINE)

    assert rows == [f"W{n:02}" for n in range(1, 10)] + [f"T{n:02}" for n in range(1, 26)]
