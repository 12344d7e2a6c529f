"""Every setting, and the only reader of the environment. docs/configuration.md explains each."""

import os
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from django.core.exceptions import ImproperlyConfigured
from environs import Env

from newsletter import look
from newsletter.environment import (
    count,
    kept_secret_key,
    mail_address,
    mailbox_url,
    networks,
    plain_address,
    redis_url,
    resend_key,
    secrets_with_users,
    sendgrid_key,
    switch,
    topics,
    web_address,
    web_origins,
)
from newsletter.languages import spoken
from newsletter.providers import channel_urls, mail_settings
from newsletter.writers import budget, language_models

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()
env.add_parser("count", count)
env.add_parser("switch", switch)
env.read_env(BASE_DIR / ".env", recurse=False)

VAR_DIR = BASE_DIR / (env.str("VAR_DIR", "") or "var")  # database, mailbox, queue, clock
VAR_DIR.mkdir(parents=True, exist_ok=True)

DEBUG: bool = env.switch("DEBUG", "")

SECRET_KEY = env.str("SECRET_KEY", "") or kept_secret_key(VAR_DIR)
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", [])
# Addresses are told apart by a hash under this key: it must outlive a change of SECRET_KEY.
ADDRESS_PEPPER = env.str("ADDRESS_PEPPER", "") or [SECRET_KEY, *SECRET_KEY_FALLBACKS][-1]

SITE_URL = env.str("SITE_URL", "", validate=web_address).rstrip("/") or "http://localhost:8000"
SITE_HOST = urlsplit(SITE_URL).hostname or "localhost"
ALLOWED_HOSTS = list({SITE_HOST, "localhost", "127.0.0.1", "[::1]"})
CSRF_TRUSTED_ORIGINS = [SITE_URL]
# Proxies in front of us that say in X-Forwarded-For who asked.
PROXY_COUNT: int = env.count("PROXY_COUNT", "", least=0, blank=0)

# Application

INSTALLED_APPS = [
    "newsletter",
    "papers",
    "corsheaders",
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "newsletter.apps.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "newsletter.csp.Middleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "newsletter.urls"
WSGI_APPLICATION = "newsletter.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Database

SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,  # seconds
    # FULL: what was committed outlives the machine's power, as the intent to send must.
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
}
DATABASE_URL = env.str("DATABASE_URL", "") or f"sqlite:///{VAR_DIR / 'paperboy.sqlite3'}"
try:
    DATABASES = {"default": dj_database_url.parse(DATABASE_URL)}
except ValueError as error:
    raise ImproperlyConfigured(f"DATABASE_URL: {error}") from None
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = SQLITE_OPTIONS
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Languages and time

LANGUAGE_CODE = "ko"
LOCALE_PATHS = [BASE_DIR / "newsletter" / "locale"]
LANGUAGES = spoken(LOCALE_PATHS[0], first=LANGUAGE_CODE)
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

# Static files

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG

# Security

CONFIRMATIONS_AN_HOUR: int = env.count("CONFIRMATIONS_AN_HOUR", "", least=1, blank=600)
# Whether addresses that are given out for minutes may subscribe.
ALLOW_DISPOSABLE: bool = env.switch("ALLOW_DISPOSABLE", "")
# Whether whoever asks has to show work for it while very many do.
PROOF_OF_WORK: bool = env.switch("PROOF_OF_WORK", "")
# Whether every channel carries addresses with more than ASCII before the @ (RFC 6531).
SMTPUTF8: bool = env.switch("SMTPUTF8", "")
# Whether every editor has to have a second factor.
REQUIRE_SECOND_FACTOR: bool = env.switch("REQUIRE_SECOND_FACTOR", "")
OTP_TOTP_ISSUER = f"Paperboy {SITE_HOST}"  # what an editor's app calls the account
# Sites whose pages may ask for a subscription by script.
CORS_ALLOWED_ORIGINS: list[str] = env.list(
    "API_ORIGINS", [], subcast=str.strip, validate=web_origins
)
CORS_URLS_REGEX = r"^/api/"
CORS_ALLOW_METHODS = ["POST"]
CORS_ALLOW_HEADERS = ["accept-language", "content-type"]
CORS_EXPOSE_HEADERS = ["retry-after"]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
HTTPS = SITE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 12 * 3600  # seconds: a day at the desk
if HTTPS:  # then browsers take them from this very host alone
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"  # "no-referrer" makes Origin null, and every form is refused
X_FRAME_OPTIONS = "SAMEORIGIN"
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # whether neighbours under our domain speak HTTPS is not ours to say,
    "security.W021",  # nor whether browsers shall have it built in
    "security.W008",  # the proxy that ends TLS sends HTTP to HTTPS
    "security.W019",  # the desk shows its previews in frames of our own
]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "https:", "data:"],  # the papers' pictures lie with their sources
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [SELF],
    }
}
# The desk's Alpine evaluates expressions, and unfold writes style attributes.
ADMIN_CONTENT_SECURITY_POLICY = {
    "script-src": [SELF, UNSAFE_EVAL],
    "style-src": [SELF, UNSAFE_INLINE],
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("MinimumLengthValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]

# The editor's desk

UNFOLD = look.UNFOLD

# Mail

MAILDIR = ""  # the local mailbox, if that is where EMAIL_URL has mail stay; blank when it leaves
EMAIL_CAFILE = ""  # whose certificates a relay may have; the system's when blank
EMAIL_URL = env.str("EMAIL_URL", "") or f"maildir://{VAR_DIR / 'mail'}"
CHANNELS = channel_urls(os.environ, EMAIL_URL)
globals().update(mail_settings(EMAIL_URL))
DEFAULT_FROM_EMAIL = (
    env.str("DEFAULT_FROM_EMAIL", "", validate=mail_address) or f"Paperboy <paperboy@{SITE_HOST}>"
)

# What comes back: bounces by mail, and what providers tell our webhooks.

BOUNCE_ADDRESS = env.str("BOUNCE_ADDRESS", "", validate=plain_address)
BOUNCE_MAILBOX = env.str("BOUNCE_MAILBOX", "", validate=mailbox_url)
WEBHOOK_SECRET: list[str] = env.list(
    "WEBHOOK_SECRET", [], subcast=str.strip, validate=secrets_with_users
)
WEBHOOK_KEYS = {
    "mailgun": env.str("WEBHOOK_KEY_MAILGUN", ""),
    "mailtrap": env.str("WEBHOOK_KEY_MAILTRAP", ""),
    "resend": env.str("WEBHOOK_KEY_RESEND", "", validate=resend_key),
    "sendgrid": env.str("WEBHOOK_KEY_SENDGRID", "", validate=sendgrid_key),
}
SES_TOPICS: list[str] = env.list("SES_TOPICS", [], subcast=str.strip, validate=topics)

# What a sender did with the mails in its hands, for whoever takes over if it dies: files here, or
# Redis for workers whose disk does not outlive them.
JOURNAL_DIR: Path = VAR_DIR / "journal"
JOURNAL_URL = env.str("JOURNAL_URL", "", validate=redis_url)

# Celery: only wakes workers up. What is due stands in the database.

REDIS_URL = env.str("REDIS_URL", "")
QUEUE_DIR = VAR_DIR / "queue"
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
        "visibility_timeout": 600,  # seconds
        # A page that wakes a worker does not wait for a broker that is away, or says nothing.
        "max_retries": 1,
        "interval_start": 0,
        "socket_connect_timeout": 1,
        "socket_timeout": 2,
    }
else:
    QUEUE_DIR.mkdir(exist_ok=True)
    CELERY_BROKER_URL = "filesystem://localhost"  # without a name, kombu warns at every use
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(QUEUE_DIR),
        "data_folder_out": str(QUEUE_DIR),
        "control_folder": str(QUEUE_DIR / "control"),
        "polling_interval": 0.1,  # seconds
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = (
    False  # a lost wake-up costs at most a minute: the next tick looks again
)
CELERY_TASK_SOFT_TIME_LIMIT = 540  # seconds
CELERY_TASK_TIME_LIMIT = 600
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SYNC_EVERY = 1  # written at every tick, so that its age tells whether the clock runs
CELERY_BEAT_SCHEDULE = {
    "tick": {"task": "newsletter.tick.tick", "schedule": 60.0, "options": {"expires": 55}},
}

# Sources and writers

HF_API_URL = env.str("HF_API_URL", "https://huggingface.co/api").rstrip("/")
ARXIV_API_URL = env.str("ARXIV_API_URL", "https://export.arxiv.org/api/query")
ARXIV_URL = env.str("ARXIV_URL", "https://arxiv.org").rstrip("/")
SUMMARIES_PRINTED_BY = "newsletter.printing"  # is asked before stored ones change, and told
# Whether language models are given a paper's full text, where arXiv has it.
LLM_FULL_TEXT: bool = env.switch("LLM_FULL_TEXT", "") if env.str("LLM_FULL_TEXT", "") else True
LLM_MODELS = language_models(
    {
        "LLM_MODEL": env.str("LLM_MODEL", ""),
        "LLM_BASE_URL": env.str("LLM_BASE_URL", ""),
        "LLM_API_KEY": env.str("LLM_API_KEY", ""),
        "LLM_PRICE": env.str("LLM_PRICE", ""),
        "LLM_MODEL_2": env.str("LLM_MODEL_2", ""),
        "LLM_BASE_URL_2": env.str("LLM_BASE_URL_2", ""),
        "LLM_API_KEY_2": env.str("LLM_API_KEY_2", ""),
        "LLM_PRICE_2": env.str("LLM_PRICE_2", ""),
    }
)
LLM_BUDGET = budget(env.str("LLM_BUDGET", "").strip())  # dollars a day
LLM_CONCURRENCY: int = env.count("LLM_CONCURRENCY", "", least=1, blank=12)
LLM_PACE: int = env.count("LLM_PACE", "", least=0, blank=0)  # requests a minute; 0: as they come
LLM_SECONDS: int = env.count("LLM_SECONDS", "", least=1, blank=60)  # of one request

# An operator's own glossaries, a file of a language each; they add to ours and win over them.
GLOSSARY_DIR = env.str("GLOSSARY_DIR", "")

# Networks that are not public and whose links are opened before an edition leaves, all the same.
LINK_NETWORKS = [
    ip_network(network)
    for network in env.list("LINK_NETWORKS", [], subcast=str.strip, validate=networks)
]

# Commands say in words of their own what they did; a worker logs as much as its --loglevel says.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "stamina": {"level": "ERROR"},
        "httpx": {"level": "WARNING"},
        "CSSUTILS": {"level": "CRITICAL"},
    },
}
