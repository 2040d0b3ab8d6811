"""Read the whole configuration from the environment; refuse to start on a missing or silly value.

The defaults are those of production. `./run` writes the values of a development machine; `docs/running.md`
lists every variable.
"""

import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from environs import Env, EnvError

from infra import connections
from infra.logs import configure_logs
from infra.mailers import BadAddress, mailers

BASE_DIR = Path(__file__).resolve().parent.parent
env = Env()


def _required(name: str, why_not=lambda value: None) -> str:
    """Return a variable that must be set; `why_not` returns what is wrong with a value, or None."""
    try:
        value = env.str(name)
    except EnvError as error:
        raise ImproperlyConfigured(f"Set {name}: see docs/running.md. ({error})") from error
    if not value.strip():
        raise ImproperlyConfigured(f"{name} is blank: see docs/running.md.")
    if problem := why_not(value):
        raise ImproperlyConfigured(f"{name} {problem}.")
    return value


def _flag(name: str, default: bool) -> bool:
    """Return a variable that says true or false."""
    try:
        return env.bool(name, default)
    except EnvError as error:
        raise ImproperlyConfigured(f"{name} must be true or false.") from error


def _number(name: str, default: int, low: int, high: int) -> int:
    """Return a whole number between `low` and `high`."""
    try:
        value = env.int(name, default)
    except EnvError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number.") from error
    if not low <= value <= high:
        raise ImproperlyConfigured(f"{name} must be between {low} and {high}.")
    return value


def _database(name: str) -> dict[str, Any]:
    """Return one database role's settings from its address."""
    url = _required(
        name, lambda u: None if u.startswith(("postgresql://", "postgres://")) else "must be postgresql://…"
    )
    return dict(dj_database_url.parse(url, conn_health_checks=True))


SECRET_KEY = _required("MATCHFUND_SECRET_KEY", lambda k: "needs 50 characters or more" if len(k) < 50 else None)
DEBUG = _flag("MATCHFUND_DEBUG", False)
HTTPS = _flag("MATCHFUND_HTTPS", True)
BASE_URL = _required(
    "MATCHFUND_BASE_URL",
    lambda u: (
        None if urlsplit(u).scheme == ("https" if HTTPS else "http") and urlsplit(u).netloc else "is no web address"
    ),
).rstrip("/")
ALLOWED_HOSTS = [h.strip() for h in _required("MATCHFUND_ALLOWED_HOSTS").split(",") if h.strip()]
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured(
        "MATCHFUND_ALLOWED_HOSTS must name the hosts: * would let anyone forge links in e-mails."
    )
CSRF_TRUSTED_ORIGINS = [BASE_URL]

INSTALLED_APPS = [
    "infra",
    "audit",
    "accounts",
    "funds",
    "bids",
    "assessments",
    "awards",
    "ahsn",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "pgtrigger",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "django_structlog",
]
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # a personal datum that the proxy in front may keep for as long as it must
MIDDLEWARE = [
    "infra.arrival.FirstContact",
    "infra.nul.NoNul",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "infra.access.MethodsOfPages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "infra.access.SignInRequired",
    "infra.access.SecondFactorRequired",
]
ROOT_URLCONF = "infra.urls"
WSGI_APPLICATION = "infra.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Two roles on one database: the web and the workers act as the first; only the second may migrate.
DATABASES = {"default": _database("MATCHFUND_DATABASE_URL")}
# Statements that come again are prepared: PostgreSQL spends half as much on them.
DATABASES["default"].setdefault("OPTIONS", {}).update(
    server_side_binding=True,
    prepare_threshold=5,
    pool={
        "min_size": 1, "max_size": _number("MATCHFUND_DATABASE_POOL", 8, 1, 100), "timeout": 10,
        "check": connections.check, "reconnect_timeout": 5,  # then a request tries: no long pause after a long outage
    },
)  # fmt: skip
if env.str("MATCHFUND_OWNER_DATABASE_URL", ""):
    DATABASES["owner"] = _database("MATCHFUND_OWNER_DATABASE_URL")
WEB_ROLE = urlsplit(env.str("MATCHFUND_DATABASE_URL")).username or "matchfund_web"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "infra_cache"}}

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "environment": "infra.pages.environment",
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
    {  # Only for the packages that bring Django templates of their own; none of their pages is served.
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    },
]
FORM_RENDERER = "infra.components.Renderer"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.Backend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "dashboard"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True  # In the browser of the sign-up only; it leads on to what was wanted.
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignupForm"
ACCOUNT_FORMS = {
    "login": "accounts.sign_in_forms.SignIn",
    "signup": "accounts.sign_in_forms.SignUp",
    "change_password": "accounts.sign_in_forms.ChangePassword",
    "set_password": "accounts.sign_in_forms.SetPassword",
    "reset_password": "accounts.sign_in_forms.AskForReset",
    "reset_password_from_key": "accounts.sign_in_forms.ResetPassword",
    "reauthenticate": "accounts.sign_in_forms.ConfirmPassword",
}
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Matchfund: "
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_RATE_LIMITS = {
    "login": f"{_number('MATCHFUND_SIGN_INS_PER_MINUTE', 30, 1, 100_000)}/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Matchfund"
MFA_ADAPTER = "accounts.adapter.MfaAdapter"
MFA_FORMS = {
    "authenticate": "accounts.sign_in_forms.Code",
    "reauthenticate": "accounts.sign_in_forms.ConfirmCode",
    "activate_totp": "accounts.sign_in_forms.FirstCode",
}

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "var" / "assets"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_MAX_AGE = 3600

SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_SECURE = HTTPS
SESSION_ENGINE = "infra.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 12
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "infra.errors.csrf_failure"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000  # The longest text of an answer, each sign four bytes in the form %F0%9F…
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 10
FILE_UPLOAD_HANDLERS = [
    "infra.uploads.NoMoreThanTaken",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# Objects: letters and the published record are kept under retention, uploads are not.
S3 = {
    "endpoint_url": env.str("MATCHFUND_S3_ENDPOINT_URL", None),
    "region_name": _required("MATCHFUND_S3_REGION"),
}
S3_LETTERS_BUCKET = _required("MATCHFUND_S3_LETTERS_BUCKET")
S3_UPLOADS_BUCKET = _required("MATCHFUND_S3_UPLOADS_BUCKET")
S3_RECORD_BUCKET = _required("MATCHFUND_S3_RECORD_BUCKET")
S3_RETENTION_DAYS = _number("MATCHFUND_S3_RETENTION_DAYS", 3650, 1, 36_500)
S3_WAIT_SECONDS = _number("MATCHFUND_S3_WAIT_SECONDS", 20, 1, 60)
S3_LINK_SECONDS = _number("MATCHFUND_S3_LINK_SECONDS", 60, 5, 60)


def _file(name: str) -> Path:
    path = Path(_required(name))
    if not path.is_file():
        raise ImproperlyConfigured(f"{name} names no file: {path}.")
    return path


# The seal's key lies in a file, or in AWS KMS and never leaves it.
SEAL_KMS_KEY = env.str("MATCHFUND_SEAL_KMS_KEY", "").strip()
SEAL_KEY_FILE = Path() if SEAL_KMS_KEY else _file("MATCHFUND_SEAL_KEY_FILE")
SEAL_CERTIFICATE_FILE = _file("MATCHFUND_SEAL_CERTIFICATE_FILE")
SEAL_TRUST_FILE = _file("MATCHFUND_SEAL_TRUST_FILE")

SCAN_URL = _required(
    "MATCHFUND_SCAN_URL", lambda u: None if u.startswith(("tcp://", "unix:///")) else "must begin tcp:// or unix:///"
)


def _bank_keys() -> list[str]:
    """Return the keys under which bank details are encrypted, the newest first; none is no error."""
    keys = [key.strip() for key in env.str("MATCHFUND_BANK_KEYS", "").split(",") if key.strip()]
    try:
        for key in keys:
            Fernet(key)
    except ValueError as error:
        raise ImproperlyConfigured(
            "MATCHFUND_BANK_KEYS must hold Fernet keys, 32 bytes in base64, by commas."
        ) from error
    return keys


BANK_KEYS = _bank_keys()
# The banks' tables for the modulus check; without them only the form of the numbers is checked.
BANK_WEIGHTS_FILE = _file("MATCHFUND_BANK_WEIGHTS_FILE") if env.str("MATCHFUND_BANK_WEIGHTS_FILE", "") else None
BANK_SUBSTITUTIONS_FILE = (
    _file("MATCHFUND_BANK_SUBSTITUTIONS_FILE") if env.str("MATCHFUND_BANK_SUBSTITUTIONS_FILE", "") else None
)


def _payer() -> tuple[str, str, str]:
    """Return sort code, account number and name of the account from which claims are paid; blank when none is set."""
    value = env.str("MATCHFUND_PAYER_ACCOUNT", "").strip()
    if value and not re.fullmatch(r"[0-9]{6}/[0-9]{8}/[^/]{1,70}", value):
        raise ImproperlyConfigured("MATCHFUND_PAYER_ACCOUNT must be SORTCODE/NUMBER/NAME: 102030/12345678/Payer.")
    sort_code, number, name = value.split("/") if value else ("", "", "")
    return sort_code, number, name


PAYER_ACCOUNT = _payer()


def _registry(name: str) -> str:
    """Return the address of a public register without its last slash; blank when it is not connected."""
    url = env.str(name, "").strip().rstrip("/")
    parts = urlsplit(url)
    schemes = ("http", "https") if parts.hostname in ("127.0.0.1", "localhost") else ("https",)
    if url and not (parts.hostname and parts.scheme in schemes):
        raise ImproperlyConfigured(f"{name} must be blank or begin https://.")
    if parts.query or parts.fragment or parts.username:
        raise ImproperlyConfigured(f"{name} must be an address without a question, a fragment or a user.")
    return url


COMPANIES_HOUSE_URL = _registry("MATCHFUND_COMPANIES_HOUSE_URL")
COMPANIES_HOUSE_KEY = env.str("MATCHFUND_COMPANIES_HOUSE_KEY", "").strip()
if bool(COMPANIES_HOUSE_URL) != bool(COMPANIES_HOUSE_KEY):
    raise ImproperlyConfigured("Set both MATCHFUND_COMPANIES_HOUSE_URL and MATCHFUND_COMPANIES_HOUSE_KEY, or neither.")
ODS_URL = _registry("MATCHFUND_ODS_URL")

DEFAULT_FROM_EMAIL = _required("MATCHFUND_MAIL_FROM", lambda v: None if "@" in v else "must hold an e-mail address")
SUPPORT_EMAIL = env.str("MATCHFUND_SUPPORT_EMAIL", "")  # Where people ask for help; none is named when blank.
try:
    MAILERS = mailers(_required("MATCHFUND_MAIL_URL"))
except BadAddress as error:
    raise ImproperlyConfigured(str(error)) from error

PROCRASTINATE_IMPORT_PATHS = ["infra.jobs", "funds.scanning"]  # what a worker loads besides the rooms' `tasks`
DJANGO_STRUCTLOG_USER_ID_FIELD = "pk"
LOGGING = configure_logs(level=env.str("MATCHFUND_LOG_LEVEL", "WARNING"))
