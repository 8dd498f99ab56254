"""The least value of a smooth function of millions of numbers (L-BFGS, Nocedal 1980), in single precision.

scipy's own keeps everything in double precision and spends most of a round on bounds that there are none of here: a
round of training takes a third of the time with this one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.linalg.blas import saxpy  # adds in place: a new array of millions of numbers costs ten times the addition

Floats = NDArray[np.float32]

#: Value and slope of a function at a point.
Function = Callable[[Floats], tuple[float, Floats]]

#: Past steps from which the curvature is guessed; ten led no further and took longer.
_MEMORY = 5
#: A step must bring this share of what the slope promises (Armijo), else it is halved, down to the shortest.
_ENOUGH = 1e-4
_SHORTEST = 1e-4


def minimise(function: Function, start: Floats, *, rounds: int) -> Floats:
    """Return the point reached after `rounds`, or earlier when a round gains nothing.

    Args:
        function: convex and bounded from below.
        start: where to begin; unchanged.
        rounds: the most there may be.
    """
    point = start
    value, slope = function(point)
    steps: deque[tuple[Floats, Floats, float]] = deque(maxlen=_MEMORY)
    for _ in range(rounds):
        direction = _downhill(slope, steps)
        promised = _dot(slope, direction)
        length = 1.0
        while True:
            reached = saxpy(direction, point.copy(), a=length)
            there, steeper = function(reached)
            if there <= value + _ENOUGH * length * promised or length <= _SHORTEST:
                break
            length /= 2
        if there >= value:
            return point  # nothing is gained any more
        step, turn = reached - point, steeper - slope
        if (bend := _dot(step, turn)) > 0:
            steps.append((step, turn, bend))
        point, value, slope = reached, there, steeper
    return point


def _downhill(slope: Floats, steps: deque[tuple[Floats, Floats, float]]) -> Floats:
    """The direction of Newton's method, with the curvature seen in the past steps."""
    direction = -slope
    shares = []
    for step, turn, bend in reversed(steps):
        share = _dot(step, direction) / bend
        saxpy(turn, direction, a=-share)
        shares.append(share)
    if steps:
        _, turn, bend = steps[-1]
        direction *= np.float32(bend / _dot(turn, turn))
    else:
        direction *= np.float32(1 / max(float(np.abs(slope).sum()), 1e-12))
    for (step, turn, bend), share in zip(steps, reversed(shares), strict=True):
        saxpy(step, direction, a=share - _dot(turn, direction) / bend)
    return direction


def _dot(left: Floats, right: Floats) -> float:
    return float(left @ right)
