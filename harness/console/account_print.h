/* account_print.h: the core-second account as tables for people (knee account). */
#ifndef KNEE_ACCOUNT_PRINT_H
#define KNEE_ACCOUNT_PRINT_H

#include <stdio.h>

#include "harness/fit/fit_account.h"

/* All numbers of workers: shares of causes, and efficiencies. */
void account_print_overview(const struct fit_account *account, FILE *out);
/* One number of workers against another, cause by cause. */
void account_print_comparison(const struct fit_account *account, const struct fit_account_cell *cell,
                              const struct fit_account_cell *against, FILE *out);
/* The same as bars: from no loss down to the efficiency, one line of fit_losses.h a step. */
void account_print_waterfall(const struct fit_account *account, const struct fit_account_cell *cell,
                             const struct fit_account_cell *against, FILE *out);
/* Two lines: how much is lost at the number of workers that a summary reports on (fit_losses_cell()), its first
 * cause, and the part that depends on item size. Nothing without an account, or beyond the cores. */
void account_print_loss(const struct fit_account *account, FILE *out);
/* One line for each trial, fields divided by tabs. */
void account_print_trials(const struct fit_account *account, FILE *out);

#endif
