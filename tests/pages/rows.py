"""Who may open what: each address of the portal by name, and the answer to a GET by each role.

To add a page, add its name here; when its address holds a key, add to `KEYS` what the key is made of: a function that
is given `get`, which returns a fixture by name. Import fixtures of other rooms in `tests/pages/conftest.py`.
200 page, 302 sent elsewhere (anonymous: to sign in), 403 not this role, 404 not to be known, 405 only by POST.
"""

from collections.abc import Callable
from typing import Any

ROLES = (
    "anonymous", "applicant", "other_applicant", "assessor", "ahsn_lead", "monitoring_officer", "fund_manager",
    "finance_officer", "auditor",
)  # fmt: skip

ROWS = {
    #                                         anon appl othr asse lead moni fund fina audi
    "home":                                  "200  200  200  200  200  200  200  200  200",
    "competition":                           "200  200  200  200  200  200  200  200  200",
    "accessibility":                         "200  200  200  200  200  200  200  200  200",
    "privacy":                               "200  200  200  200  200  200  200  200  200",
    "cookies":                               "200  200  200  200  200  200  200  200  200",
    "health":                                "200  200  200  200  200  200  200  200  200",
    "account":                               "302  200  200  200  200  200  200  200  200",
    "account_login":                         "200  302  302  302  302  302  302  302  302",
    "account_signup":                        "200  302  302  302  302  302  302  302  302",
    "account_logout":                        "302  200  200  200  200  200  200  200  200",
    "account_inactive":                      "200  200  200  200  200  200  200  200  200",
    "account_email_verification_sent":       "200  200  200  200  200  200  200  200  200",
    "account_confirm_email":                 "200  200  200  200  200  200  200  200  200",
    "account_change_password":               "302  200  200  200  200  200  200  200  200",
    "account_set_password":                  "302  302  302  302  302  302  302  302  302",
    "account_reset_password":                "200  200  200  200  200  200  200  200  200",
    "account_reset_password_done":           "200  200  200  200  200  200  200  200  200",
    "account_reset_password_from_key":       "200  200  200  200  200  200  200  200  200",
    "account_reset_password_from_key_done":  "200  200  200  200  200  200  200  200  200",
    "account_reauthenticate":                "302  200  200  200  200  200  200  200  200",
    "mfa_index":                             "302  200  200  200  200  200  200  200  200",
    "mfa_authenticate":                      "302  302  302  302  302  302  302  302  302",
    "mfa_reauthenticate":                    "302  302  302  302  200  200  200  200  200",
    "mfa_activate_totp":                     "302  200  200  200  302  302  302  302  302",
    "mfa_deactivate_totp":                   "302  404  404  404  200  200  200  200  200",
    "mfa_view_recovery_codes":               "302  404  404  404  200  200  200  200  200",
    "mfa_generate_recovery_codes":           "302  200  200  200  200  200  200  200  200",
    "mfa_download_recovery_codes":           "302  404  404  404  200  200  200  200  200",
}  # fmt: skip

KEYS: dict[str, Callable[[Callable[[str], Any]], dict[str, Any]]] = {
    "competition": lambda get: {"reference": get("competition").reference},
    "account_confirm_email": lambda get: {"key": "no-such-key"},
    "account_reset_password_from_key": lambda get: {"uidb36": "1", "key": "no-such-key"},
}


def expected(name: str) -> dict[str, int]:
    """Return the answer to each role as the table has it."""
    return dict(zip(ROLES, map(int, ROWS[name].split()), strict=True))
