"""What the trail says, in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from console.audit.trail import Action

WORDS: Mapping[Action, str | Promise] = {
    Action.LOGGED_IN: gettext_lazy("logged in with the password"),
    Action.LOGIN_REFUSED: gettext_lazy("failed to log in"),
    Action.LOCKED_OUT: gettext_lazy("was locked out after too many attempts"),
    Action.PASSED_SECOND_FACTOR: gettext_lazy("showed the second factor"),
    Action.LOGGED_OUT: gettext_lazy("logged out"),
    Action.REFUSED: gettext_lazy("asked for something without the permission"),
    Action.OPENED_CONVERSATION: gettext_lazy("opened a conversation"),
    Action.UNMASKED: gettext_lazy("saw a conversation without masks"),
    Action.SEARCHED: gettext_lazy("searched in conversations"),
    Action.TOOK: gettext_lazy("took a conversation"),
    Action.ANSWERED: gettext_lazy("wrote to a person"),
    Action.PASSED_ON: gettext_lazy("passed a conversation on"),
    Action.RETURNED: gettext_lazy("returned a conversation to Faro"),
    Action.DISMISSED: gettext_lazy("dismissed a request for a person"),
    Action.ERASED: gettext_lazy("erased a person's data"),
    Action.EXPORTED_PERSON: gettext_lazy("wrote down what is kept about a person"),
    Action.EXPORTED_FIGURES: gettext_lazy("exported figures"),
    Action.REVIEWED: gettext_lazy("sorted a message"),
    Action.UNDID_REVIEW: gettext_lazy("took back the sorting of a message"),
    Action.MASKED_MORE: gettext_lazy("masked more of a message"),
    Action.EVALUATED: gettext_lazy("started an evaluation"),
    Action.CHANGED_TRAINING: gettext_lazy("changed training data"),
    Action.DOWNLOADED_PATCH: gettext_lazy("downloaded a change of training data"),
    Action.CONFIRMED_FACT: gettext_lazy("confirmed a fact"),
    Action.RETRIED_DELIVERY: gettext_lazy("retried a delivery"),
    Action.ADDED_ACCOUNT: gettext_lazy("added an account"),
    Action.CHANGED_ROLES: gettext_lazy("changed roles"),
    Action.CLOSED_ACCOUNT: gettext_lazy("closed an account"),
    Action.OPENED_ACCOUNT: gettext_lazy("opened an account again"),
    Action.ENDED_SESSIONS: gettext_lazy("ended sessions"),
    Action.CHANGED_PASSWORD: gettext_lazy("set a password"),
    Action.INVITED: gettext_lazy("made a link for a new password"),
    Action.SET_SECOND_FACTOR: gettext_lazy("set up the second factor"),
    Action.REMOVED_SECOND_FACTOR: gettext_lazy("removed a second factor"),
    Action.MADE_RECOVERY_CODES: gettext_lazy("made new recovery codes"),
}


def words(value: str) -> str | Promise:
    """The words of a stored action; the value itself, if it is of another version."""
    return WORDS[Action(value)] if value in Action._value2member_map_ else value
