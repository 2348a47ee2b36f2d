"""Numbers and intervals as text. Pure functions; None is written as its reason, never as 0."""

from __future__ import annotations

import math

from .measure import Measure

MINUS = "\u2212"
TIMES = "\u00d7"
DASH = "\u2013"
LEAST = 1e-9  # smaller ones are the rounding of sums


def is_zero(shown: str) -> bool:
    return not any(c in "123456789" for c in shown)


def fixed(value: float, decimals: int) -> str:
    """1234.5 with 1 decimal is "1,234.5"; with a typographic minus, and no minus zero."""
    shown = f"{abs(value):,.{decimals}f}"
    return MINUS + shown if value < 0 and not is_zero(shown) else shown


def significant(value: float, digits: int = 3) -> str:
    """The value with `digits` significant digits, without scientific notation between 0.0001 and 10^15."""
    if value == 0:
        return "0"
    exponent = math.floor(math.log10(abs(value)))
    if exponent < -4:
        return f"{value:.{digits - 1}e}".replace("-", MINUS)
    return fixed(value, max(0, digits - 1 - exponent))


def plain(value: float) -> str:
    """A number as short as it can be: "95", "2.5"; for axes and thresholds."""
    return f"{value:g}".replace("-", MINUS)


def threshold(share: float | None) -> str:
    return "the threshold" if share is None else f"{plain(100 * share)}%"


def whole(value: int | float | None) -> str:
    return "not recorded" if value is None else fixed(value, 0)


def decimals_for(measure: Measure) -> int:
    """Decimals for three digits of the value; more for a narrow interval, up to the second digit of its half width; in
    a wide one, the first digit of the value at least, unless 0 is inside."""
    if measure.value is None:
        return 0
    size = abs(measure.value)
    usual = 2 - math.floor(math.log10(size)) if size > 0 else 2
    if measure.low is None or measure.high is None or measure.high <= measure.low:
        return max(0, min(4, usual))
    first = -math.floor(math.log10((measure.high - measure.low) / 2))  # decimals that show the half width's first digit
    least = 0 if size == 0 or measure.low < 0 < measure.high else min(usual - 2, 6)
    return max(0, least, min(first + 1, max(usual, first), 6))


def end_of(value: float, decimals: int) -> str:
    """An end of an interval; one above 0 is never written as 0: it keeps its first digit."""
    shown = fixed(value, decimals)
    return fixed(value, -math.floor(math.log10(value))) if value > LEAST and is_zero(shown) else shown


def level(measure: Measure) -> str:
    return f"{plain(measure.level * 100)}%"


def why_missing(measure: Measure) -> str:
    return f"not measured: {measure.reason or 'no reason was recorded'}"


def value(measure: Measure, unit: str = "") -> str:
    """ "12.3 s" or the reason why there is none."""
    if measure.value is None:
        return why_missing(measure)
    return fixed(measure.value, decimals_for(measure)) + (f" {unit}" if unit and unit != "%" else unit)


def span(measure: Measure) -> str:
    """ "12.1 to 12.6", "12.1 or more", "12.6 or less", or why there is no interval."""
    decimals = decimals_for(measure)
    if measure.low is not None and measure.high is not None:
        return f"{end_of(measure.low, decimals)} to {end_of(measure.high, decimals)}"
    if measure.low is not None:
        return f"{end_of(measure.low, decimals)} or more"
    if measure.high is not None:
        return f"{end_of(measure.high, decimals)} or less"
    return f"no interval: {measure.reason}" if measure.reason else "no interval"


def with_interval(measure: Measure, unit: str = "") -> str:
    """ "12.3 s (95% interval 12.1 to 12.6)": for sentences; names the level of the interval."""
    if measure.value is None or measure.is_exact:
        return value(measure, unit)
    if measure.low is None and measure.high is None:
        return f"{value(measure, unit)} ({span(measure)})"
    return f"{value(measure, unit)} ({level(measure)} interval {span(measure)})"


def cell(measure: Measure) -> str:
    """ "12.3 (12.1-12.6)", with a long dash: for tables whose notes explain brackets and dashes."""
    if measure.value is None:
        return DASH
    if measure.is_exact or (measure.low is None and measure.high is None):
        return value(measure)
    negative = (measure.low or 0) < 0 or (measure.high or 0) < 0
    return f"{value(measure)} ({span(measure) if negative else span(measure).replace(' to ', DASH)})"


def percent(measure: Measure) -> Measure:
    return measure.scaled(100)


def plural(n: int | None, one: str, many: str = "") -> str:
    """ "1 worker", "2 workers", "an unrecorded number of workers" """
    many = many or one + "s"
    if n is None:
        return f"an unrecorded number of {many}"
    return f"{fixed(n, 0)} {one if n == 1 else many}"


def megabytes(size: float | None) -> str:
    """Decimal units, as file managers and disks have them: "3.01 GB", "640 MB"."""
    if size is None:
        return "not recorded"
    for factor, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if size >= factor:
            return f"{significant(size / factor)} {unit}"
    return f"{fixed(size, 0)} bytes"


def memory(size: float | None) -> str:
    """Binary units, as memory is sold: "24 GiB"."""
    return "not recorded" if size is None else f"{significant(size / 2**30, 3)} GiB"


def duration(seconds: float) -> str:
    """ "41 s", "3 min 20 s", "2 h 5 min": for approximate times in sentences."""
    if seconds < 1:
        return f"{significant(seconds, 2)} s"
    if seconds < 10:
        return f"{fixed(seconds, 1)} s"
    if seconds < 119.5:
        return f"{fixed(seconds, 0)} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 120:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"


def day(utc: str) -> str:
    """The date of an ISO 8601 instant; any other text as it is."""
    return utc[:10] if len(utc) >= 10 and utc[4:5] == "-" and utc[7:8] == "-" else utc or "date not recorded"


def instant(utc: str) -> str:
    """ "2025-03-04 05:06 UTC" """
    shown = utc.replace("T", " ")
    return f"{shown[:16]} UTC" if len(shown) >= 16 and shown[10] == " " else day(utc)


def sentence(phrase: str) -> str:
    """Text from elsewhere, closed like a sentence."""
    phrase = phrase.strip().rstrip(",;: ")
    if not phrase:
        return ""
    return phrase if phrase[-1] in ".!?" else phrase + "."


def capital(phrase: str) -> str:
    return phrase[:1].upper() + phrase[1:]


def shorten(phrase: str, most: int) -> str:
    """The phrase, without its middle when it is longer than `most` characters."""
    if len(phrase) <= most:
        return phrase
    head = (most - 1) * 2 // 3
    return phrase[:head] + "\u2026" + phrase[len(phrase) - (most - 1 - head) :]


def chunk_policy(chunk: int | None, policy: str) -> str:
    """ "chunk 4, dynamic"; a policy without chunks (chunk 0 or none) is named alone."""
    policy = policy or "policy not recorded"
    return policy if not chunk else f"chunk {fixed(chunk, 0)}, {policy}"


def advised(workers: int | None, chunk: int | None, policy: str) -> str:
    """ "2 workers, chunk 4, dynamic"; the workers only when neither chunk nor policy applies."""
    return ", ".join([plural(workers, "worker"), *([chunk_policy(chunk, policy)] if chunk or policy else [])])
