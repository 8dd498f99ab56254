"""The one room for everything that Rasa 3.6.21 needs done differently from what it ships."""
