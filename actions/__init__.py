"""Rasa actions, one a file: what needs more than an answer. They decide; the words come from content/ through the NLG.

An action never raises: rasa_sdk would answer 500 with the whole conversation in the body, Rasa would log it, and the
person would hear nothing. `actions.careful` holds that; a test proves that every action goes through it.
"""
