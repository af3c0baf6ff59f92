"""Where the guide tells of each page of the site: a page of it and a heading, by the name of the address.

Where one address shows several things, its template says which: `{% help_link "preview" %}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

HELP: Final[Mapping[str, str]] = {
    "start": "#home",
    # the way in
    **dict.fromkeys(("login", "account_login", "openid_connect_login", "openid_connect_callback"), "account/#login"),
    **dict.fromkeys(("mfa_authenticate", "mfa_login_webauthn"), "account/#second-factor"),
    **dict.fromkeys(("password-forgotten", "password-reset"), "account/#forgotten"),
    # one's own account
    **dict.fromkeys(("account", "account_reauthenticate", "mfa_reauthenticate"), "account/#your-account"),
    "mfa_reauthenticate_webauthn": "account/#your-account",
    "account-password": "account/#password",
    **dict.fromkeys(("factor-required", "mfa_activate_totp", "mfa_deactivate_totp"), "account/#second-factor"),
    **dict.fromkeys(("mfa_add_webauthn", "mfa_remove_webauthn"), "account/#second-factor"),
    **dict.fromkeys(("mfa_view_recovery_codes", "mfa_generate_recovery_codes"), "account/#recovery-codes"),
    # customers
    "customers": "customers/#list",
    "customer": "customers/#card",
    **dict.fromkeys(("customer-edit", "customer-new"), "customers/#edit"),
    "customer-anonymise": "privacy/#anonymise",
    "duplicates": "duplicates/#walk",
    "duplicates-several": "duplicates/#several",
    "merge": "duplicates/#merge",
    # imports
    "imports": "import/#upload",
    "import-inspect": "prepare/#try",
    "imports-list": "import/#all-imports",
    "import": "import/",
    "import-columns": "columns/",
    "import-confirmed": "import/#record",
    "import-outlook": "undo/",
    # what one import shows, by where it is
    "working": "import/#working",
    "columns": "columns/",
    "preview": "preview/",
    "undoing": "undo/#preview",
    "nothing": "nothing/",
    "done": "import/#done",
    "cancelled": "import/#cancelled",
    "failed": "import/#failed",
    # segments and lists
    "segments": "segments/",
    **dict.fromkeys(("segment-new", "segment"), "segments/#rules"),
    "segment-delete": "segments/#delete",
    **dict.fromkeys(("exports", "export", "export-new"), "segments/#export"),
    # settings
    **dict.fromkeys(("layouts", "layout", "layout-delete"), "layouts/#layouts"),
    **dict.fromkeys(("fields", "field-new", "field"), "layouts/#own-fields"),
    "limits": "findings/#limits",
    **dict.fromkeys(("retention", "retention-rule"), "privacy/#inactive"),
    "four-eyes": "people/#two-persons",
    **dict.fromkeys(("people", "person-new", "person"), "people/#users"),
    "person-reset": "people/#new-password",
    "audit": "people/#event-log",
    # other systems
    **dict.fromkeys(("tokens", "token-new", "person-tokens"), "programs/#api"),
    **dict.fromkeys(("webhooks", "webhook-new", "webhook"), "programs/#webhooks"),
    **dict.fromkeys(("sources", "source-new", "source"), "programs/#sources"),
}
