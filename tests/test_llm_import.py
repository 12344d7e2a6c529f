"""Language models cost nobody anything who does not ask them."""

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "module", ["newsletter.wsgi", "newsletter.urls", "newsletter.tick", "newsletter.celery"]
)
@pytest.mark.parametrize("model", ["", "openai:gpt-5-mini"])
def test_a_process_does_not_load_them_before_it_asks_one(module, model, tmp_path):
    lines = (
        f"import django, sys; django.setup(); import {module};"
        "heavy = {'pydantic_ai', 'genai_prices', 'openai', 'anthropic', 'google.genai', 'pypdf'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "newsletter.settings",
        "VAR_DIR": str(tmp_path),
        "LLM_MODEL": model,
        "LLM_API_KEY": "key",
    }

    shown = subprocess.run(
        [sys.executable, "-c", lines], env=environment, capture_output=True, text=True, check=True
    )

    assert shown.stdout.strip() == "[]"
