#include "harness/fit/fit_losses.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/fit/fit.h"

/* Of all core-seconds: smaller losses and gains share a line. */
static const double LEAST = 0.0005;

/* Neither unknown nor 0 but for the rounding of its sums: that is no cause. */
static bool is_known(double share)
{
    return fabs(share) > 1e-12;
}

static double sum_of(const double lost[ACCOUNT_CAUSES])
{
    double sum = 0;

    for (int c = 0; c < ACCOUNT_CAUSES; c++)
        sum += isnan(lost[c]) ? 0 : lost[c];
    return sum;
}

double fit_loss_share(const struct fit_loss *loss, const struct fit_account_difference *difference)
{
    double sum = NAN;

    if (loss->kind == FIT_LOSS_UNNAMED)
        return difference->lost_total - sum_of(difference->lost);
    if (loss->kind == FIT_LOSS_WORK)
        return difference->lost[CAUSE_USEFUL];
    for (size_t i = 0; i < loss->causes; i++) {
        double lost = difference->lost[loss->cause[i]];
        if (!isnan(lost))
            sum = (isnan(sum) ? 0 : sum) + lost;
    }
    return sum;
}

/* --- the lines -------------------------------------------------------------------------------- */

/* Equal ones keep the order of the account, so that the same study gives the same ranking. */
static int descending(double x, double y, const struct fit_loss *a, const struct fit_loss *b)
{
    return x != y ? (x < y) - (x > y) : (int)a->cause[0] - (int)b->cause[0];
}

static int by_size(const void *a, const void *b)
{
    const struct fit_loss *x = a, *y = b;

    return descending(fabs(x->share.value), fabs(y->share.value), x, y);
}

static int by_loss(const void *a, const void *b)
{
    const struct fit_loss *x = a, *y = b;

    return descending(x->share.value, y->share.value, x, y);
}

static struct fit_loss single(const struct fit_account_cell *cell,
                              const struct fit_account_difference *difference, enum account_cause cause)
{
    struct fit_loss loss = {.kind = FIT_LOSS_CAUSE, .cause = {cause}, .causes = 1};

    snprintf(loss.label, sizeof loss.label, "%s", account_cause_label(cause));
    loss.share = interval_scaled(&difference->core_s[cause], 1 / difference->all_s);
    loss.speedup_without = cell->speedup_without[cause];
    return loss;
}

/* Every cause that loses or gains something; returns how many. */
static size_t list_causes(const struct fit_account_cell *cell,
                          const struct fit_account_difference *difference,
                          struct fit_loss found[ACCOUNT_CAUSES])
{
    const double *lost = difference->lost;
    size_t count = 0;

    for (int c = 0; c < ACCOUNT_CAUSES; c++)
        if (c != CAUSE_USEFUL && is_known(lost[c]))
            found[count++] = single(cell, difference, (enum account_cause)c);
    return count;
}

/* How many of the causes, the largest first, have a line of their own. */
static size_t keep(const struct fit_loss *found, size_t count)
{
    size_t kept = 0;

    while (kept < count && fabs(found[kept].share.value) >= LEAST)
        kept++;
    return kept > FIT_LOSS_LINES - (size_t)(kept < count) ? FIT_LOSS_LINES - 1 : kept;
}

/* All causes without a line of their own, as one line. */
static struct fit_loss together(const struct fit_loss *found, size_t count,
                                const struct fit_account_difference *difference)
{
    struct fit_loss loss = {.kind = FIT_LOSS_SMALLER};

    if (count == 1)
        return found[0];
    for (size_t i = 0; i < count; i++)
        for (size_t c = 0; c < found[i].causes; c++)
            loss.cause[loss.causes++] = found[i].cause[c];
    snprintf(loss.label, sizeof loss.label, "%zu smaller causes", count);
    loss.share = interval_point(fit_loss_share(&loss, difference), "sum of several causes");
    loss.speedup_without = interval_unknown("sum of several causes");
    return loss;
}

static struct fit_loss useful_work(const struct fit_account_difference *difference)
{
    struct fit_loss loss = {.kind = FIT_LOSS_WORK, .label = "useful work: other items"};

    loss.share = interval_scaled(&difference->core_s[CAUSE_USEFUL], 1 / difference->all_s);
    loss.speedup_without = interval_unknown("it is the work itself");
    return loss;
}

static struct fit_loss unnamed(const struct fit_account_difference *difference)
{
    struct fit_loss loss = {.kind = FIT_LOSS_UNNAMED, .label = "no cause known"};

    loss.share = interval_point(fit_loss_share(&loss, difference), "the total less the sum of the causes");
    loss.speedup_without = interval_unknown("its cause is not known");
    return loss;
}

static void finish(struct fit_losses *losses)
{
    double left = 1;
    int headlines = 0;

    for (size_t i = 0; i < losses->count; i++) {
        struct fit_loss *loss = &losses->loss[i];
        left -= loss->share.value;
        loss->left = left;
        loss->headline =
            loss->kind == FIT_LOSS_CAUSE && loss->share.value >= LEAST && headlines++ < FIT_LOSS_HEADLINES;
    }
}

struct fit_losses fit_losses_rank(const struct fit_account *account, const struct fit_account_cell *cell,
                                  const struct fit_account_cell *against)
{
    struct fit_losses losses = {.cell = cell};
    struct fit_account_difference difference;
    struct fit_loss found[ACCOUNT_CAUSES], rest;
    size_t count;

    fit_account_compare(account, cell, against, &difference);
    losses.efficiency = 1 - difference.lost_total;
    count = list_causes(cell, &difference, found);
    qsort(found, count, sizeof found[0], by_size);
    losses.count = keep(found, count);
    memcpy(losses.loss, found, losses.count * sizeof found[0]);
    qsort(losses.loss, losses.count, sizeof found[0], by_loss);
    if (losses.count < count) {
        rest = together(&found[losses.count], count - losses.count, &difference);
        losses.loss[losses.count++] = rest;
    }
    rest = useful_work(&difference);
    if (fabs(rest.share.value) >= LEAST)
        losses.loss[losses.count++] = rest;
    rest = unnamed(&difference);
    if (fabs(rest.share.value) >= LEAST)
        losses.loss[losses.count++] = rest;
    finish(&losses);
    return losses;
}

/* --- the cell --------------------------------------------------------------------------------- */

const struct fit_account_cell *fit_losses_cell(const struct fit_account *account)
{
    const struct fit_account_cell *within = NULL, *any = NULL;

    for (unsigned i = 0; i < account->cells->len; i++) {
        const struct fit_account_cell *cell = &g_array_index(account->cells, struct fit_account_cell, i);
        if (cell->workers < 2 || fit_account_cell_at(account, cell->workers) != cell)
            continue;
        if (!any || cell->workers > any->workers)
            any = cell;
        if ((!account->study->cores || cell->workers <= account->study->cores) &&
            (!within || cell->workers > within->workers))
            within = cell;
    }
    if (!fit_account_cell_at(account, 1))
        return NULL;
    return within ? within : any;
}

struct fit_losses fit_losses_summary(const struct fit_account *account)
{
    const struct fit_account_cell *cell = fit_losses_cell(account);

    return cell ? fit_losses_rank(account, cell, fit_account_cell_at(account, 1))
                : (struct fit_losses){.cell = NULL};
}
