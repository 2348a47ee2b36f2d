/* formula.h: a number made of named numbers: sums, differences, products, quotients.
 *
 *     sum     = product (("+" | "-") product)*
 *     product = factor (("*" | "/") factor)*
 *     factor  = number | name | "(" sum ")"
 *
 * A name is small letters, digits and hyphens and begins with a letter ("l3-misses"), so a difference needs a
 * blank before its minus. The caller gives the value of a name at each evaluation; a formula
 * that depends on something that was not measured has no value, and the reason is that of what is missing.
 * Pure: no state, no allocation; nesting and length are bounded.
 */
#ifndef KNEE_FORMULA_H
#define KNEE_FORMULA_H

#include <stddef.h>

enum { FORMULA_NAME_BYTES = 32, FORMULA_REASON_BYTES = 160 };

enum formula_input {
    INPUT_VALUE,  /* *value is set */
    INPUT_NONE,   /* not measured; reason gives why */
    INPUT_UNKNOWN /* there is nothing of that name */
};

/* The value of name. reason has FORMULA_REASON_BYTES. */
typedef enum formula_input (*formula_lookup)(void *context, const char *name, double *value, char *reason);

enum formula_state {
    FORMULA_VALUE,
    FORMULA_NO_VALUE, /* an input has none, or a divisor is 0, or the value is no finite number */
    FORMULA_WRONG     /* not a formula, or a name is unknown: reason gives place and cause */
};

struct formula_result {
    enum formula_state state;
    double value;                      /* NaN without one */
    char reason[FORMULA_REASON_BYTES]; /* empty with a value; "cycles: no such counter here" */
};

struct formula_result formula_evaluate(const char *text, formula_lookup lookup, void *context);

#endif
