#include "harness/machine/counters/formula.h"

#include <glib.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { DEPTH_MOST = 32 };

struct reading {
    const char *text, *at;
    formula_lookup lookup;
    void *context;
    struct formula_result *result;
    int depth;
};

static double sum(struct reading *r);

static bool is_wrong(const struct reading *r)
{
    return r->result->state == FORMULA_WRONG;
}

/* The first mistake counts, and more than anything that has no value. */
static double complain(struct reading *r, const char *what)
{
    if (!is_wrong(r))
        snprintf(r->result->reason, sizeof r->result->reason, "%s at column %zu ('%.20s')", what,
                 (size_t)(r->at - r->text) + 1, r->at);
    r->result->state = FORMULA_WRONG;
    return NAN;
}

/* The first thing missing is named. */
static double miss(struct reading *r, const char *name, const char *reason)
{
    if (r->result->state == FORMULA_VALUE) {
        r->result->state = FORMULA_NO_VALUE;
        snprintf(r->result->reason, sizeof r->result->reason, "%s: %.110s", name, reason);
    }
    return NAN;
}

/* The next character that is no blank. */
static char look(struct reading *r)
{
    r->at += strspn(r->at, " \t");
    return *r->at;
}

static double named(struct reading *r)
{
    size_t length = strspn(r->at, "abcdefghijklmnopqrstuvwxyz0123456789-");
    char name[FORMULA_NAME_BYTES], reason[FORMULA_REASON_BYTES] = "";
    double value = NAN;
    enum formula_input found;

    if (length >= sizeof name)
        return complain(r, "too long a name");
    memcpy(name, r->at, length);
    name[length] = '\0';
    found = r->lookup(r->context, name, &value, reason);
    if (found == INPUT_UNKNOWN)
        return complain(r, "unknown name");
    r->at += length;
    return found == INPUT_VALUE ? value : miss(r, name, reason);
}

static double factor(struct reading *r)
{
    char next = look(r), *end;
    double value;

    if (next == '(') {
        if (++r->depth > DEPTH_MOST)
            return complain(r, "too many brackets");
        r->at++;
        value = sum(r);
        if (is_wrong(r))
            return NAN;
        if (look(r) != ')')
            return complain(r, "a ')' is missing");
        r->at++;
        r->depth--;
        return value;
    }
    if (g_ascii_islower(next))
        return named(r);
    if (!g_ascii_isdigit(next))
        return complain(r, "a number, a name or '(' is missing");
    value = g_ascii_strtod(r->at, &end);
    if (!isfinite(value))
        return complain(r, "too large a number");
    r->at = end;
    return value;
}

static double product(struct reading *r)
{
    double value = factor(r);

    while (!is_wrong(r) && (look(r) == '*' || *r->at == '/')) {
        bool divides = *r->at++ == '/';
        const char *divisor = r->at + strspn(r->at, " \t");
        double next = factor(r);
        char what[FORMULA_NAME_BYTES];
        snprintf(what, sizeof what, "%.*s", (int)(r->at - divisor), divisor);
        if (divides && next == 0)
            value = miss(r, what, "is 0, and something is divided by it");
        else
            value = divides ? value / next : value * next;
    }
    return value;
}

static double sum(struct reading *r)
{
    double value = product(r);

    while (!is_wrong(r) && (look(r) == '+' || *r->at == '-')) {
        bool less = *r->at++ == '-';
        double next = product(r);
        value = less ? value - next : value + next;
    }
    return value;
}

struct formula_result formula_evaluate(const char *text, formula_lookup lookup, void *context)
{
    struct formula_result result = {.state = FORMULA_VALUE};
    struct reading r = {.text = text, .at = text, .lookup = lookup, .context = context, .result = &result};

    result.value = sum(&r);
    if (!is_wrong(&r) && look(&r) != '\0')
        complain(&r, "an operator is missing");
    if (result.state == FORMULA_VALUE && !isfinite(result.value))
        miss(&r, "the result", "is no finite number");
    if (result.state != FORMULA_VALUE)
        result.value = NAN;
    return result;
}
