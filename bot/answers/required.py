"""The words that the program asks of content/interface.yml. Whoever uses a new key adds it here."""

from __future__ import annotations

from bot.answers.choices import BUTTON_IDS

SENTENCES = (
    "first_contact",
    "trouble",
    "not_understood",
    "not_understood_again",
    "none_of_these",
    "no_answer_yet",
    "choose_one",
    "no_words",
    "too_long",
    "not_supported",
    "stale_button",
    "other_language",
    "language_changed",
    "human_requested",
    "erase_confirm",
    "erase_done",
    "erase_cancelled",
    "more_questions",
    "feedback_thanks",
    "slow_down",
    "may_have_changed",
)

#: Besides one button for each language ("language_" and its code).
BUTTONS = tuple(BUTTON_IDS)

WEB = (
    "title",
    "tagline",
    "input_label",
    "input_placeholder",
    "send",
    "you",
    "faro",
    "writing",
    "privacy_note",
    "delete",
    "delete_question",
    "delete_yes",
    "delete_no",
    "deleted",
    "language_label",
    "skip_to_input",
    "conversation_label",
    "emergency_bar",
    "not_sent",
    "offline",
    "reload",
    "error_too_large",
    "error_bad_request",
    "error_session",
    "error_not_found",
    "error_server",
    "noscript_wait",
    "footer",
    "history_note",
    "guide",
    "welcome",
)
