"""Published meta-analyses, typed in: what tests of pooling compare with R's metafor, whose metadat holds them, too."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Made:
    """An effect with nothing but its numbers."""

    z: float
    variance: float


def risk_ratio(cases, others, control_cases, control_others):
    treated, controls = cases + others, control_cases + control_others
    variance = 1 / cases - 1 / treated + 1 / control_cases - 1 / controls
    return Made(math.log((cases / treated) / (control_cases / controls)), variance)


def correlation(n, r):
    return Made(math.atanh(r), 1 / (n - 3))


#: Colditz et al. (1994), BCG vaccine and tuberculosis: cases and others with vaccine, cases and others without.
BCG = [
    (4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619), (33, 5036, 47, 5761),
    (180, 1361, 372, 1079), (8, 2537, 10, 619), (505, 87886, 499, 87892), (29, 7470, 45, 7232), (17, 1699, 65, 1600),
    (186, 50448, 141, 27197), (5, 2493, 3, 2338), (27, 16886, 29, 17825),
]  # fmt: skip
#: The same trials: absolute latitude, and how people were given to the groups.
BCG_LATITUDE = (44, 55, 42, 52, 13, 44, 19, 13, 27, 42, 18, 33, 33)
BCG_ALLOCATION = (
    "random", "random", "random", "random", "alternate", "alternate", "random", "random", "random", "systematic",
    "systematic", "systematic", "systematic",
)  # fmt: skip
#: Molloy, O'Carroll & Ferguson (2014), conscientiousness and medication adherence: n and r.
MOLLOY = [
    (109, 0.187), (749, 0.162), (55, 0.34), (107, 0.32), (72, 0.27), (65, 0), (174, 0.175), (326, 0.05), (58, 0.26),
    (771, 0.01), (56, -0.09), (91, 0.37), (116, 0), (537, 0.15), (158, 0.24), (65, 0.04),
]  # fmt: skip
#: The same studies: design (c for cross-sectional, p for prospective) and mean age.
MOLLOY_DESIGN = tuple({"c": "cross-sectional", "p": "prospective"}[each] for each in "ccpcppcpppppcppp")
MOLLOY_AGE = (
    22.00, 53.59, 43.36, 41.70, 46.39, 41.20, 52.30, 41.00, 77.00, 78.60, 57.20, 37.90, 39.20, 69.00, 46.20, 56.00,
)  # fmt: skip
#: Cohen (1981), ratings of teachers and what their students achieve: n (classes) and r.
COHEN = [
    (10, 0.68), (20, 0.56), (13, 0.23), (22, 0.64), (28, 0.49), (12, -0.04), (12, 0.49), (36, 0.33), (19, 0.58),
    (12, 0.18), (36, -0.11), (75, 0.27), (33, 0.26), (121, 0.4), (37, 0.49), (14, 0.51), (40, 0.4), (16, 0.34),
    (14, 0.42), (20, 0.16),
]  # fmt: skip
DATA = {
    "bcg": [risk_ratio(*row) for row in BCG],
    "molloy": [correlation(*row) for row in MOLLOY],
    "cohen": [correlation(*row) for row in COHEN],
}
