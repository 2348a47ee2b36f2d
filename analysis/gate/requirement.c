#include "analysis/gate/requirement.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_WORKERS = 1000000 };

static const struct {
    const char *name;
    enum { NO_WORKERS, MAY_HAVE_WORKERS, NEEDS_WORKERS } workers;
    bool share;       /* a percent sign makes sense */
    double most;      /* that is not a mistake in the unit */
    const char *unit; /* in words */
} quantities[REQUIREMENT_QUANTITIES] = {
    [REQUIRE_EFFICIENCY] = {"E", NEEDS_WORKERS, true, 10, "a share, as 0.6 or 60%"},
    [REQUIRE_SPEEDUP] = {"S", NEEDS_WORKERS, false, INFINITY, "a factor"},
    [REQUIRE_WALL] = {"T", NEEDS_WORKERS, false, INFINITY, "in seconds"},
    [REQUIRE_TAIL] = {"tail", NEEDS_WORKERS, true, 1, "a share, as 0.05 or 5%"},
    [REQUIRE_MAXRSS] = {"maxrss", NEEDS_WORKERS, false, INFINITY, "in MiB"},
    [REQUIRE_CPU_PER_ITEM] = {"cpu_per_item", MAY_HAVE_WORKERS, false, INFINITY, "in seconds"},
    [REQUIRE_START] = {"start", NO_WORKERS, false, INFINITY, "in milliseconds"},
    [REQUIRE_KNEE] = {"knee", NO_WORKERS, false, INFINITY, "a number of workers"}};

const char *requirement_verdict_name(enum requirement_verdict verdict)
{
    static const char *const names[] = {"met", "failed", "undecided", "skipped"};

    return names[verdict];
}

const char *requirement_cores_name(enum requirement_cores cores)
{
    static const char *const names[] = {"real", "emulated", "replayed"};

    return names[cores];
}

static const char *after_blanks(const char *text)
{
    return text + strspn(text, " \t");
}

/* The quantity that the text begins with; its end in *end. REQUIREMENT_QUANTITIES: none. */
static enum requirement_quantity quantity_at(const char *text, const char **end)
{
    size_t length = strcspn(text, " \t(<>=");

    *end = text + length;
    for (int q = 0; q < REQUIREMENT_QUANTITIES; q++)
        if (strlen(quantities[q].name) == length && strncmp(text, quantities[q].name, length) == 0)
            return (enum requirement_quantity)q;
    return REQUIREMENT_QUANTITIES;
}

/* "(n)" at *rest; 0 when there is none, -1 when it is no whole number from 1. */
static long workers_at(const char **rest)
{
    char *end;
    long workers;

    if (**rest != '(')
        return 0;
    workers = strtol(*rest + 1, &end, 10);
    end = (char *)after_blanks(end);
    if (end == *rest + 1 || *end != ')' || workers < 1 || workers > MOST_WORKERS)
        return -1;
    *rest = end + 1;
    return workers;
}

/* The number, as a share when it ends in a percent sign. NaN: no finite number. */
static double bound_at(const char **rest, bool share)
{
    char *end;
    double bound = strtod(*rest, &end);

    if (end == *rest || !isfinite(bound))
        return NAN;
    if (share && *end == '%') {
        bound /= 100;
        end++;
    }
    *rest = end;
    return bound;
}

/* ">= 0.6" or "<= 5%" at *rest, with what the number of this quantity may be. Returns 0, or -1 with problem. */
static int parse_bound(const char **rest, struct requirement *requirement, char *problem, size_t bytes)
{
    const char *at = after_blanks(*rest), *name = quantities[requirement->quantity].name;

    if (strncmp(at, ">=", 2) != 0 && strncmp(at, "<=", 2) != 0)
        return snprintf(problem, bytes, ">= or <= must follow the quantity"), -1;
    requirement->at_least = *at == '>';
    at = after_blanks(at + 2);
    requirement->bound = bound_at(&at, quantities[requirement->quantity].share);
    if (isnan(requirement->bound))
        return snprintf(problem, bytes, "a number must follow %s", requirement->at_least ? ">=" : "<="), -1;
    if (requirement->bound < 0 || requirement->bound > quantities[requirement->quantity].most)
        return snprintf(problem, bytes, "'%s' is never %s: it is %s", name,
                        requirement->bound < 0 ? "below 0" : "as large as that",
                        quantities[requirement->quantity].unit),
               -1;
    *rest = after_blanks(at);
    return 0;
}

/* "emulated", "replayed" or nothing, and then the end. Returns 0, or -1 with problem. */
static int parse_cores(const char *rest, struct requirement *requirement, char *problem, size_t bytes)
{
    for (int cores = REQUIRE_EMULATED; cores < REQUIREMENT_CORES; cores++) {
        const char *name = requirement_cores_name((enum requirement_cores)cores);
        if (requirement->cores == REQUIRE_REAL && strncmp(rest, name, strlen(name)) == 0) {
            requirement->cores = (enum requirement_cores)cores;
            rest = after_blanks(rest + strlen(name));
        }
    }
    if (*rest)
        return snprintf(problem, bytes,
                        "'%.40s' follows the number, which is %s: only 'emulated' or 'replayed' may", rest,
                        quantities[requirement->quantity].unit),
               -1;
    return 0;
}

int requirement_parse(const char *text, struct requirement *requirement, char *problem, size_t bytes)
{
    const char *rest;
    enum requirement_quantity quantity = quantity_at(after_blanks(text), &rest);
    long workers;

    *requirement = (struct requirement){.quantity = quantity, .text = text};
    if (quantity == REQUIREMENT_QUANTITIES)
        return snprintf(problem, bytes,
                        "it does not begin with E(n), S(n), T(n), tail(n), maxrss(n), cpu_per_item, "
                        "start or knee"),
               -1;
    rest = after_blanks(rest);
    workers = workers_at(&rest);
    if (workers < 0 || (workers == 0 && quantities[quantity].workers == NEEDS_WORKERS))
        return snprintf(problem, bytes, "'%s' needs a number of workers: %s(4)", quantities[quantity].name,
                        quantities[quantity].name),
               -1;
    if (workers > 0 && quantities[quantity].workers == NO_WORKERS)
        return snprintf(problem, bytes, "'%s' has no number of workers", quantities[quantity].name), -1;
    requirement->workers =
        workers == 0 && quantities[quantity].workers == MAY_HAVE_WORKERS ? 1 : (unsigned)workers;
    return parse_bound(&rest, requirement, problem, bytes) || parse_cores(rest, requirement, problem, bytes)
               ? -1
               : 0;
}

enum requirement_verdict requirement_decide(const struct requirement *requirement,
                                            const struct interval *value)
{
    /* An unknown bound is NaN, and no comparison with it holds. */
    if (requirement->at_least ? value->low >= requirement->bound : value->high <= requirement->bound)
        return REQUIREMENT_MET;
    if (requirement->at_least ? value->high < requirement->bound : value->low > requirement->bound)
        return REQUIREMENT_FAILED;
    return REQUIREMENT_UNDECIDED;
}
