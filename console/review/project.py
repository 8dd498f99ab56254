"""The project whose training data is reviewed."""

from bot import settings

#: Where data/ and tests/questions are.
ROOT = settings.ROOT
