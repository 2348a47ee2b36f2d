/* fit_losses.h: the causes of the core-second account in one ranking: the largest loss first, gains last.
 *
 * Every output that names causes (fit.json, knee fit, knee account, the report) takes them from here, so that all of
 * them name the same causes in the same order. Pure functions; the account must outlive the result.
 *
 * Loss of a cause: its core-seconds at n workers less those at one worker, as a share of n T(n). The shares of all
 * lines sum up to the efficiency lost, 1 - E(n). Useful work is no cause and has a line of its own.
 */
#ifndef KNEE_FIT_LOSSES_H
#define KNEE_FIT_LOSSES_H

#include "harness/fit/fit_account.h"

enum fit_loss_kind {
    FIT_LOSS_CAUSE,   /* one cause of the account */
    FIT_LOSS_SMALLER, /* all that are too small for a line of their own */
    FIT_LOSS_WORK,    /* useful work itself differs: with weak scaling the items are others */
    FIT_LOSS_UNNAMED  /* core-seconds that no cause explains */
};

struct fit_loss {
    enum fit_loss_kind kind;
    enum account_cause cause[ACCOUNT_CAUSES]; /* whose sum it is; of the last two kinds none */
    size_t causes;
    char label[64];                  /* for people: "waiting for a core", "3 smaller causes" */
    struct interval share;           /* of n T(n); negative: a gain */
    double left;                     /* efficiency after this loss and those before it */
    struct interval speedup_without; /* unknown for a sum of causes */
    bool headline;                   /* among the first FIT_LOSS_HEADLINES losses: to be named in a summary */
};

enum { FIT_LOSS_LINES = 8, FIT_LOSS_HEADLINES = 3 };

struct fit_losses {
    const struct fit_account_cell *cell; /* NULL: no account of more than one worker; all below is 0 then */
    double efficiency;                   /* E(n) of the account */
    struct fit_loss loss[FIT_LOSS_LINES + 2];
    size_t count; /* causes, then at most one line of each other kind, in the order of enum fit_loss_kind */
};

/* The cell that a summary reports on: of the scaling cells with more than one worker the largest within the cores, or
 * the largest of all when none is within. NULL without an account of it or of one worker. */
const struct fit_account_cell *fit_losses_cell(const struct fit_account *account);

/* Ranks what `cell` loses against `against`. */
struct fit_losses fit_losses_rank(const struct fit_account *account, const struct fit_account_cell *cell,
                                  const struct fit_account_cell *against);

/* The same for fit_losses_cell() against one worker. */
struct fit_losses fit_losses_summary(const struct fit_account *account);

/* The share that a line of a ranking takes in another comparison; NaN: not known. */
double fit_loss_share(const struct fit_loss *loss, const struct fit_account_difference *difference);

#endif
