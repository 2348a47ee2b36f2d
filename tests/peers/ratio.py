"""How many times another program's cost is of knee's, with an interval."""
import math

# Student's t, two-sided 95%, for 1 to 30 degrees of freedom.
T95 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
       2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042)


def t95(freedom: int) -> float:
    """Beyond 30: within 0.002 of the true value."""
    return T95[freedom - 1] if freedom <= len(T95) else 1.96 + 2.4 / freedom


def ratio(ours: list[float], theirs: list[float]) -> tuple[float, float, float]:
    """Ratio of the sums of paired costs, and its 95% interval over other samples of such items: linearised standard
    error (Cochran, Sampling Techniques, 3rd edition, section 6.4) times Student's t. One pair: the bounds are NaN."""
    count, total = len(ours), sum(ours)
    value = sum(theirs) / total
    if count < 2:
        return value, math.nan, math.nan
    squares = sum((t - value * o) ** 2 for o, t in zip(ours, theirs))
    half = t95(count - 1) * math.sqrt(count / (count - 1) * squares) / total
    return value, value - half, value + half
