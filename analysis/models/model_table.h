/* model_table.h: the scaling models, one row of a table each.
 *
 * Everything that fits, prints, writes or tests models iterates over this table. A new model is a value of enum
 * model_kind here, a row in model_table.c, and its case in tests/unit/analysis/test_models.c.
 *
 *   ideal            T1 / n
 *   amdahl           T1 (s + (1-s)/n)                          Amdahl 1967, AFIPS Conf. Proc. 30
 *   amdahl-overhead  T1 (s + (1-s)/n + c n)                    each worker adds c T1 to the run
 *   usl              T1 (1 + sigma (n-1) + kappa n (n-1)) / n   Gunther 1993 and 2007, "Guerrilla Capacity
 *                                                              Planning": contention and coherency
 *   gustafson        T1 / (n - s (n-1))                         Gustafson 1988, CACM 31(5): scaled speedup n - s (n-1)
 *
 * The last is the model of weak scaling, the three above it are models of work that does not grow with the workers.
 * The s of gustafson is the serial share of the time with n workers; efficiency falls to 1 - s and no further.
 * amdahl-overhead and usl are one family of curves in two readings (sigma - kappa = s/(1+c), kappa = c/(1+c)); they
 * differ only where a parameter is held at its bound. usl is the one that is chosen.
 */
#ifndef KNEE_MODEL_TABLE_H
#define KNEE_MODEL_TABLE_H

#include <stdbool.h>
#include <stddef.h>

enum model_kind { MODEL_IDEAL, MODEL_AMDAHL, MODEL_AMDAHL_OVERHEAD, MODEL_USL, MODEL_GUSTAFSON, MODEL_KINDS };
enum { MODEL_SHAPES = 2 };

/* A shape parameter. All are fractions of the time of one worker (unit ""). */
struct model_parameter {
    const char *name; /* "serial fraction": in fit.json and in print */
    const char *unit;
    double least, most; /* range of an estimate; most may be INFINITY */
};

struct model_description {
    const char *name;      /* key in fit.json and on the command line: "usl" */
    const char *title;     /* in print, in a table or a sentence: "USL" */
    const char *sentence;  /* what it says of scaling, for people; no full stop */
    const char *formula;   /* of T(n), in plain text */
    bool strong, weak;     /* kinds of scaling that it is a model of */
    bool may_be_chosen;    /* false: a second reading of another model's curve */
    enum model_kind needs; /* the smaller model that it has to improve on to be chosen; itself: none */
    size_t shapes;         /* shape parameters: 0, 1 or 2; T1 comes on top */
    struct model_parameter parameter[MODEL_SHAPES];
    /* n T(n) / T1 for a fixed total of work (weak scaling: for the work of one worker). May be 0 or negative for
     * parameters outside their ranges. */
    double (*relative)(const double *theta, double workers);
    /* Derivatives of log relative() by theta, where it is positive. */
    void (*gradient)(const double *theta, double workers, double gradient[MODEL_SHAPES]);
    double (*peak)(
        const double *theta); /* n of the largest speedup, not below 1; NULL: the speedup only ever rises */
    double (*limit)(
        const double *theta); /* largest speedup with any n, INFINITY without limit; NULL: never has one */
    const char *no_limit;     /* the reason where limit is NULL */
};

extern const struct model_description model_table[MODEL_KINDS];

/* Where relative() is not positive, model_log_time() is this: a height that no step of a fit accepts. */
#define MODEL_OUTSIDE 1e3

/* log (T(n) / T1). */
double model_log_time(enum model_kind kind, const double *theta, double workers);
/* Its derivatives by theta; those of absent parameters are 0. */
void model_log_gradient(enum model_kind kind, const double *theta, double workers,
                        double gradient[MODEL_SHAPES]);
/* INFINITY where the speedup only ever rises, or has no limit. */
double model_peak(enum model_kind kind, const double *theta);
double model_limit(enum model_kind kind, const double *theta);

/* Is it a model of such data? ideal is one of both. */
bool model_is_for(enum model_kind kind, bool weak);
/* Shorthand for the table's fields. */
const char *model_name(enum model_kind kind);
const char *model_parameter_name(enum model_kind kind, size_t i);

#endif
