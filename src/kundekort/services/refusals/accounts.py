"""What nobody may do, or not with this name or password."""

from __future__ import annotations

from kundekort.services.refusals.refusal import Refusal


class Forbidden(Refusal):
    """The person's role does not allow this; params: role, the one that would."""

    code = "forbidden"


class NameTaken(Refusal):
    """A user with this name exists; params: name."""

    code = "name_taken"


class PersonInvalid(Refusal):
    """A user cannot be as described; params: reason, and limit; of them made: fault."""

    code = "person_invalid"


class OwnAccount(Refusal):
    """Nobody locks, demotes or resets themselves."""

    code = "own_account"


class LastAdministrator(Refusal):
    """Somebody has to be left who may administer the register; params: name."""

    code = "last_administrator"


class WeakPassword(Refusal):
    """The password is none that `password_rules` allows."""


class PasswordUnchanged(WeakPassword):
    """It is the one that somebody has, and is to change."""

    code = "password_unchanged"


class PasswordTooShort(WeakPassword):
    """It has too few characters; params: least."""

    code = "password_too_short"


class PasswordTooLong(WeakPassword):
    """It has too many characters; params: most."""

    code = "password_too_long"


class PasswordCommon(WeakPassword):
    """It is one of those that are tried first: often used, one character again and again, or a run."""

    code = "password_common"


class PasswordPersonal(WeakPassword):
    """It is made of the name or the address of its owner, or of the name of the site."""

    code = "password_personal"


class PasswordWrong(Refusal):
    """The password that somebody has now, asked for before they get another, is not this."""

    code = "password_wrong"


class SignOnRefused(Refusal):
    """Somebody whom another service knows is not let in; params: reason, a code of `wording.SIGN_ON_FAULTS`."""

    code = "sign_on_refused"


class TokenInvalid(Refusal):
    """A token of the API cannot be as described; params: reason, and limit or scope; of them made: fault."""

    code = "token_invalid"
