"""What is counted, by name. A name is stored in the counts for good: it may be added to, never changed."""

from __future__ import annotations

from datetime import timedelta

#: A message of a person, by how it was answered ("in:answered", values of Message.Outcome; withdrawn ones have none). Also
#: kept by topic.
MESSAGE = "in:"
WITHDRAWN = "withdrawn"
#: A message that was not understood, kept by the topic that came nearest only.
MISSED = "missed"

#: A person, once for each day and channel on which they wrote; the first time of all as new, too.
PERSON = "person"
NEW_PERSON = "new_person"
#: A conversation: a message after SILENCE, or the first.
CONVERSATION = "conversation"
#: A conversation in which a person of the team was asked for, or came.
CONVERSATION_WITH_TEAM = "conversation_with_team"

#: What somebody thought of an answer ("vote:helpful", "vote:unhelpful"). Also kept by topic.
VOTE = "vote:"

#: A message of ours: "out:sent" or "out:failed", and "failed:" with the provider's code.
SENT = "out:sent"
FAILED = "out:failed"
FAILED_WITH = "failed:"
#: A message that somebody of the team wrote.
BY_TEAM = "by_team"
#: From a message to the first answer that went out (or was fetched by the page): "reply:2" is within 2 s but not 1 s.
REPLY = "reply:"

#: A request for a person by its reason, how it ended, and the time until somebody took it ("wait:300" is within 5 min).
HANDOVER = "handover:"
HANDOVER_TAKEN = "handover_taken"
HANDOVER_END = "handover_end:"
WAIT = "wait:"

#: After so long without a message of the person, the next one begins a conversation: as long as Rasa remembers one.
SILENCE = timedelta(minutes=60)

#: Upper ends of the classes of times, in seconds; longer ones are "more".
REPLY_CLASSES = (1, 2, 5, 10, 30, 60, 300)
WAIT_CLASSES = (60, 120, 300, 600, 1_800, 3_600, 14_400, 86_400)
MORE = "more"


def time_class(seconds: float, ends: tuple[int, ...]) -> str:
    """The class of a time: the smallest of `ends`, in seconds, that it does not exceed, or MORE."""
    return next((str(end) for end in ends if seconds <= end), MORE)
