PYTHON ?= python3
N ?= 20000
WORKERS ?= logical

python = .venv/bin/python
pip = $(PYTHON) -m pip --python $(python) --quiet --disable-pip-version-check --no-input
uv = .venv/bin/uv --quiet
packages = pip install --python $(python) --compile-bytecode --require-hashes -r
lock = $(uv) pip compile --python $(python) --python-version 3.11 --universal --generate-hashes \
	--no-header --no-annotate $(UPGRADE)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo run test bench bench-summaries storm llm setup lint fix lock translations clean

help: ## list these targets
	@echo "make TARGET [PYTHON=/path/to/python3]"
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-17s%s\n", $$1, $$2 }' Makefile

demo: .venv/runtime .env ## a sample edition, mailed to a local mailbox; says where to look
	@$(python) manage.py migrate --verbosity 0
	@$(python) manage.py demo

run: .venv/runtime .env ## web server, worker and clock for one machine
	@$(python) manage.py migrate --verbosity 0
	@$(python) manage.py serve

test: workers = -n $(WORKERS) --maxprocesses 8 --dist worksteal
test: .venv/test ## every test, on SQLite and PostgreSQL, with Redis and a browser; WORKERS=1, or more
	@sh tests/fetch_browser.sh
	@echo "Tests, 1 of 2: all that ask a database, on SQLite"
	@DATABASE_URL=sqlite:// $(python) -m pytest -q $(workers) -m "database and not browser and not processes"
	@echo "Tests, 2 of 2: all, on PostgreSQL and Redis"
	@$(python) -m pytest $(workers)

bench: .venv/runtime ## our sender beside the plain Django loop and the raw limit; N=20000 readers
	@../shared/bench/peers -n $(N) -r 3 $(patsubst %,--add %,$(wildcard bench/*.toml)) \
		limit-smtp baseline-b paperboy

bench-summaries: .venv/test ## plant errors into summaries: what our checks notice; ARGS=--help
	@$(python) -m bench.summaries $(ARGS)

storm: .venv/test ## break everything on purpose, and write docs/faults.md; SHORT=1: in minutes
	@$(python) -m tests.storm $(if $(SHORT),--short)

llm: .venv/llm ## install what language models need to write summaries; docs/summaries.md

setup: .venv/test ## install the packages and nothing else

lint: export DATABASE_URL = sqlite://
lint: .venv/test ## style, types, import directions, migrations, settings
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check
	@$(python) -m mypy
	@.venv/bin/lint-imports --no-logo
	@$(python) manage.py makemigrations --check --dry-run
	@DEBUG=false SITE_URL=https://paperboy.example \
		$(python) manage.py check --deploy --fail-level WARNING

fix: .venv/test ## put in order what a machine can
	@.venv/bin/ruff check --fix
	@.venv/bin/ruff format

lock: .venv/uv ## resolve the packages again; UPGRADE=--upgrade takes newer ones
	@$(lock) requirements/uv.in -o requirements/uv.txt
	@$(lock) pyproject.toml -o requirements/runtime.txt
	@$(lock) pyproject.toml --extra llm -o requirements/llm.txt
	@$(lock) pyproject.toml --extra llm --group test -o requirements/test.txt

translations: .venv/test ## compile the .po files to .mo files
	@$(python) -c "import pathlib, polib; [polib.pofile(str(po)).save_as_mofile(str(po.with_suffix('.mo'))) \
		for po in pathlib.Path('newsletter/locale').rglob('*.po')]"

clean: ## remove what was installed or built; keeps var/ and .env
	@rm -rf .venv node_modules staticfiles test-results .*_cache .hypothesis

.env:
	@cp .env.example .env

# The environment is made without pip, which Debian has in a package of its own; the machine's pip
# puts uv into it, and uv the rest, ten times faster: with the certificates it brings, or with the
# system's where a proxy has its own. Where uv does not install, or cannot, pip does it all.

$(python):
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" || { echo \
		"Paperboy needs Python 3.11 or newer. Name one: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -m pip --version >/dev/null || { echo \
		"Paperboy needs pip to install its packages: apt-get install python3-pip" >&2; exit 1; }
	@echo "Making .venv with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv --without-pip .venv

.venv/uv: requirements/uv.txt | $(python)
	@$(pip) install --require-hashes -r $< || echo "uv does not install here: pip does it, slowly"
	@touch $@

.venv/runtime .venv/llm .venv/test: .venv/%: requirements/%.txt .venv/uv
	@echo "Installing the $$(grep -c == $<) packages of $< ..."
	@if [ -x .venv/bin/uv ] && { $(uv) $(packages) $< 2>/dev/null || $(uv) --system-certs $(packages) $<; }; \
		then true; \
		else echo "uv cannot install them here: pip does it, slowly"; $(pip) install --require-hashes -r $<; fi
	@touch $@
