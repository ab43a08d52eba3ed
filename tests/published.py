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
#: Craft, Magyar, Becker & Feltz (2003), anxiety before competing and how well athletes do: study, n, and the r of
#: cognitive anxiety, of somatic anxiety and, but for one study, of confidence with performance.
CRAFT = [
    (1, 142, -0.55, -0.48, 0.66), (3, 37, 0.53, -0.12, 0.03), (6, 16, 0.44, 0.46, None), (10, 14, -0.39, -0.17, 0.19), (17, 45, 0.10, 0.31, -0.17),
    (22, 100, 0.23, 0.08, 0.51), (26, 51, -0.52, -0.43, 0.16), (28, 128, 0.14, 0.02, 0.13), (36, 70, -0.01, -0.16, 0.42), (38, 30, -0.27, -0.13, 0.15),
]  # fmt: skip
#: Konstantopoulos (2011), modified school calendars: of each district the differences of its schools, with variances.
KONSTANTOPOULOS = {
    11: [(-0.18, 0.118), (-0.22, 0.118), (0.23, 0.144), (-0.30, 0.144)],
    12: [(0.13, 0.014), (-0.26, 0.014), (0.19, 0.015), (0.32, 0.024)],
    18: [(0.45, 0.023), (0.38, 0.043), (0.29, 0.012)],
    27: [(0.16, 0.020), (0.65, 0.004), (0.36, 0.004), (0.60, 0.007)],
    56: [(0.08, 0.019), (0.04, 0.007), (0.19, 0.005), (-0.06, 0.004)],
    58: [
        (-0.18, 0.020), (0.00, 0.018), (0.00, 0.019), (-0.28, 0.022), (-0.04, 0.020), (-0.30, 0.021), (0.07, 0.006),
        (0.00, 0.007), (0.05, 0.007), (-0.08, 0.007), (-0.09, 0.007),
    ],
    71: [(0.30, 0.015), (0.98, 0.011), (1.19, 0.010)],
    86: [
        (-0.07, 0.001), (-0.05, 0.001), (-0.01, 0.001), (0.02, 0.001), (-0.03, 0.001), (0.00, 0.001), (0.01, 0.001),
        (-0.10, 0.001),
    ],
    91: [(0.50, 0.010), (0.66, 0.011), (0.20, 0.010), (0.00, 0.009), (0.05, 0.013), (0.07, 0.013)],
    108: [(-0.52, 0.031), (0.70, 0.031), (-0.03, 0.030), (0.27, 0.030), (-0.34, 0.030)],
    644: [(0.12, 0.087), (0.61, 0.082), (0.04, 0.067), (-0.05, 0.067)],
}  # fmt: skip


@dataclass(frozen=True)
class Nested(Made):
    """An effect that knows whose it is."""

    people: str


#: Effects within samples, for models of three levels.
NESTED = {
    "konstantopoulos": [
        Nested(z, variance, str(district)) for district, schools in KONSTANTOPOULOS.items() for z, variance in schools
    ],
    "craft": [Nested(math.atanh(r), 1 / (n - 3), str(study)) for study, n, *found in CRAFT for r in found[:2]],
    "craft with confidence": [
        Nested(math.atanh(r), 1 / (n - 3), str(study)) for study, n, *found in CRAFT for r in found if r is not None
    ],
}
DATA = {
    "bcg": [risk_ratio(*row) for row in BCG],
    "molloy": [correlation(*row) for row in MOLLOY],
    "cohen": [correlation(*row) for row in COHEN],
    "craft": [correlation(n, cognitive) for _, n, cognitive, *_ in CRAFT],
}
