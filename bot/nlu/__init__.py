"""Understanding: the language of a message and the topic it is about, as Rasa graph components.

The files that import Rasa (`language`, `tokens`, `encoder`, `topics`) are adapters; what they know lives beside them in
files that do not.
"""
