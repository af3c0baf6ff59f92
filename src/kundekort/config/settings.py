"""Django's settings; everything that may differ between installations comes from the environment."""

from __future__ import annotations

import os
from pathlib import Path

from kundekort import languages
from kundekort.config import environment

PACKAGE = Path(__file__).resolve().parent.parent
DATA = environment.data_folder()

DEBUG = False
SECRET_KEY = environment.secret_key(DATA)
ALLOWED_HOSTS = environment.listing("KUNDEKORT_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = environment.listing("KUNDEKORT_ORIGINS", "")
DATABASES = {"default": environment.database(DATA)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.usersessions",
    "django_htmx",
    "procrastinate.contrib.django",
    "kundekort.store",
    "kundekort.web",
]

SIGN_ON = environment.sign_on()
if SIGN_ON:  # it brings along all that speaks HTTP, for which a command that needs none would have to wait
    INSTALLED_APPS.append("allauth.socialaccount.providers.openid_connect")

MIDDLEWARE = [
    "kundekort.web.probes.probes",  # before hosts, HTTPS and people are looked at
    "kundekort.web.monitoring.monitored",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "kundekort.web.middleware.headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "kundekort.api.door.api_door",  # what follows is for pages
    "django.contrib.sessions.middleware.SessionMiddleware",
    "kundekort.web.middleware.chosen_language",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "kundekort.web.session_limits.session_limits",
    "kundekort.web.middleware.LoginRequired",
    "kundekort.web.password_change.PasswordChangeRequired",
    "kundekort.web.required_factor.RequiredFactor",
    "kundekort.web.bodies.BodyLimit",
    "django.middleware.csrf.CsrfViewMiddleware",  # the first that reads what was sent
    "kundekort.web.middleware.NulFilter",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "kundekort.web.middleware.page_above",
    "kundekort.web.middleware.field_names",
    "kundekort.web.middleware.Refusals",
]

ROOT_URLCONF = "kundekort.config.urls"
WSGI_APPLICATION = "kundekort.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "DIRS": [PACKAGE / "api" / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"
AUTHENTICATION_BACKENDS = ["kundekort.services.demo.DemoBackend", "allauth.account.auth_backends.AuthenticationBackend"]
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "kundekort_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
HTTPS = os.environ.get("KUNDEKORT_HTTPS") == "1"
KUNDEKORT_PROXIES = environment.proxies(https=HTTPS)
"""Addresses of the reverse proxies, which `config.proxies` believes; nobody else says which scheme a browser spoke."""
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
if HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 31_536_000
    # Browsers take these from this very host alone, and over HTTPS.
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
# That the names below this one, and for ever, are served by HTTPS is for the owner of the domain to say, in the proxy.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]

KUNDEKORT_SESSION_IDLE = environment.hours("KUNDEKORT_SESSION_IDLE", 8)
"""Seconds after which a session ends of which nothing is heard."""
KUNDEKORT_SESSION_ABSOLUTE = environment.hours("KUNDEKORT_SESSION_ABSOLUTE", 7 * 24)
"""Seconds after which a session ends whatever is heard of it."""
SESSION_COOKIE_AGE = int(KUNDEKORT_SESSION_IDLE)  # counted from the last time that the session was written
KUNDEKORT_SECOND_FACTOR = environment.choice(
    "KUNDEKORT_SECOND_FACTOR", "optional", ("off", "optional", "administrators", "everybody")
)
"""Who has to log in with more than a password."""
KUNDEKORT_SIGN_ON = environment.sign_on_id()
"""By what name the service is kept that people log in by."""
vars().update(environment.mail())
KUNDEKORT_MAIL = "dummy" not in vars()["EMAIL_BACKEND"]
"""Whether mail can be sent."""
PASSWORD_RESET_TIMEOUT = 60 * 60

# What allauth does: it checks passwords and second factors, counts attempts, and speaks OpenID Connect. Accounts are
# made by administrators alone, and their addresses kept in Django's own table.
ACCOUNT_ADAPTER = "kundekort.web.adapters.AccountAdapter"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_RATE_LIMITS = {
    "login": None,  # `kundekort.web.login_throttle` counts instead
    "login_failed": "5/5m/key,50/d/key,30/15m/ip",  # codes that are wrong
    "reset_password": "3/h/key,20/h/ip",
}
ACCOUNT_REAUTHENTICATION_METHODS = ("password", "mfa")
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_SIGNUP_ENABLED = False
MFA_ADAPTER = "kundekort.web.adapters.FactorAdapter"
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Kundekort"
MFA_TOTP_TOLERANCE = 1
SOCIALACCOUNT_ADAPTER = "kundekort.web.adapters.SignOnAdapter"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": SIGN_ON}}

LANGUAGE_CODE = environment.language()
LANGUAGES = list(languages.NAMES.items())
LOCALE_PATHS = [PACKAGE / "web" / "locale"]
USE_I18N = True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = "kundekort.wording.formats"
TIME_ZONE = os.environ.get("KUNDEKORT_TIME_ZONE", "Europe/Oslo")
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = DATA / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# A vendored file carries its version in its name, any other the hash that the storage gives it.
WHITENOISE_IMMUTABLE_FILE_TEST = r"/vendor/|\.[0-9a-f]{12}\."
# Files are taken where `kundekort.web.bodies.takes_file` says so, and nowhere else.
FILE_UPLOAD_HANDLERS: list[str] = []
DATA_UPLOAD_MAX_MEMORY_SIZE = 2**20
"""Bytes of a form; the largest says which of all rows of a page are meant, in some hundred kilobytes."""

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = None

KUNDEKORT_STORAGE = os.environ.get("KUNDEKORT_STORAGE", "")
"""s3://bucket/prefix of an object store that all hosts share; without, files are kept in the data folder."""
KUNDEKORT_KEEP_FILES = int(os.environ.get("KUNDEKORT_KEEP_FILES", 90))
"""Days after which the file and the rows of an import that is in the register are removed; its history stays."""
KUNDEKORT_PRIVATE_NETWORKS = environment.networks("KUNDEKORT_PRIVATE_NETWORKS")
"""Networks whose servers may be webhooks or sources of files although they are not public, without HTTPS too."""
KUNDEKORT_SOURCE_FOLDERS = environment.folders("KUNDEKORT_SOURCE_FOLDERS", DATA / "incoming")
"""Folders of this machine from which files may be read by themselves."""
KUNDEKORT_COUNTRY = os.environ.get("KUNDEKORT_COUNTRY", "NO")
"""ISO 3166 code of the country whose phone numbers are written without a country code."""
KUNDEKORT_MAX_BYTES = int(os.environ.get("KUNDEKORT_MAX_BYTES", 512 * 2**20))
KUNDEKORT_MAX_EXPANDED = int(os.environ.get("KUNDEKORT_MAX_EXPANDED", 2 * 2**30))
KUNDEKORT_MAX_CELL = int(os.environ.get("KUNDEKORT_MAX_CELL", 2**20))
KUNDEKORT_MAX_ROWS = int(os.environ.get("KUNDEKORT_MAX_ROWS", 2_000_000))
KUNDEKORT_MAX_COLUMNS = int(os.environ.get("KUNDEKORT_MAX_COLUMNS", 200))

KUNDEKORT_API_RATE = int(os.environ.get("KUNDEKORT_API_RATE", 600))
"""Requests that a token of the API has in a minute."""

KUNDEKORT_METRICS_TOKEN = os.environ.get("KUNDEKORT_METRICS_TOKEN", "")
"""What has to be said by whoever asks for /metrics; without, there is no such page."""
LOGGING = environment.logging()
environment.refuse_telemetry_without_its_packages()
