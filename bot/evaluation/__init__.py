"""How well messages are understood: reading test questions, asking them, and the arithmetic of the figures."""
