#include "harness/gate/builds.h"

#include <math.h>
#include <stdlib.h>

#include "analysis/statistics/random.h"
#include "harness/gate/builds_internal.h"
#include "pipeline/base/clock.h"

const char *const gate_noise_names[] = {"auto", "void", "weigh", "keep", NULL};

size_t gate_builds_workers(unsigned cores, unsigned workers[PAIR_WORKERS_MOST])
{
    size_t counts = 0;

    for (unsigned n = 1; n < cores && counts + 1 < PAIR_WORKERS_MOST; n = cores <= 8 ? n + 1 : 2 * n)
        workers[counts++] = n;
    workers[counts++] = cores;
    return counts;
}

struct pair_side gate_pair_side(const struct gate_pair *pair, enum gate_side side, size_t counts)
{
    const struct figures *last = &pair->of[side][counts - 1];
    struct pair_side made = {.tail_share = last->share[CAUSE_TAIL], .start_share = last->share[CAUSE_INIT]};

    for (size_t i = 0; i < counts; i++) {
        made.wall_s[i] = pair->of[side][i].wall_s;
        made.cpu_s[i] = pair->of[side][i].cpu_s;
        made.memory_bytes[i] = pair->of[side][i].memory_bytes;
    }
    return made;
}

/* --- one pair --------------------------------------------------------------------------------- */

/* second: the build that is compared with the old one; for the floor the old one itself. The trials with one worker
 * come first, because the accounts of the others need them. */
static enum gate_step run_pair(struct gate_builds *builds, enum gate_side second, struct gate_pair *pair,
                               struct fault *fault)
{
    size_t counts = builds->request->counts;
    uint32_t order[PAIR_WORKERS_MOST] = {0};

    *pair = (struct gate_pair){.disturbed = false};
    random_order(random_next(builds->random), 0, (uint32_t)counts - 1, order);
    for (size_t k = 0; k < counts; k++) {
        size_t at = k == 0 ? 0 : order[k - 1] + 1;
        bool second_first = random_below(builds->random, 2);
        for (int t = 0; t < GATE_SIDES; t++) {
            int place = second_first == (t == 0) ? GATE_HEAD : GATE_BASE;
            struct figures *figures = &pair->of[place][at];
            enum gate_step step =
                gate_trial(builds, place == GATE_HEAD ? second : GATE_BASE, at, figures, fault);
            if (step != STEP_DONE)
                return step;
            pair->others_share = fmax(pair->others_share, figures->others_share);
            pair->disturbed = pair->disturbed || figures->disturbed[0];
        }
    }
    return STEP_DONE;
}

static bool fails_too_often(struct gate_builds *builds)
{
    if (builds->failed[GATE_BASE] >= GATE_FAILURES_MOST)
        builds->end = GATE_BASE_FAILS;
    else if (builds->failed[GATE_HEAD] >= GATE_FAILURES_MOST)
        builds->end = GATE_HEAD_FAILS;
    else
        return false;
    return true;
}

/* What has to follow a step. Returns true when the gate is at its end. */
static bool ends(struct gate_builds *builds, enum gate_step step)
{
    if (step == STEP_STOPPED)
        builds->end = GATE_STOPPED;
    return step == STEP_STOPPED || (step == STEP_FAILED && fails_too_often(builds));
}

/* --- before the pairs ------------------------------------------------------------------------- */

/* Room for the smallest gate: known roughly before the floor is measured, by first trials that find cold caches, or a
 * burst of load; and better after it. */
static bool has_room(struct gate_builds *builds)
{
    bool has_floor = builds->floor->len > 0;
    double spent_s = (double)(clock_now_ns() - builds->began_ns) / 1e9, sure = has_floor ? 1 : 0.5;
    double pairs = (double)decision_least_pairs() + (has_floor ? 0 : GATE_FLOOR_PAIRS);

    builds->needed_s = spent_s + 1.1 * pairs * builds->pair_s;
    if (spent_s + sure * pairs * builds->pair_s <= (double)builds->request->budget_ns / 1e9)
        return true;
    builds->end = GATE_SMALL_BUDGET;
    return false;
}

/* Runs both builds with one worker and with all. Returns 0, 1 at the end of the gate, -1 with fault. */
static int warm_up(struct gate_builds *builds, struct fault *fault)
{
    size_t last = builds->request->counts - 1;
    bool has_shares = true;
    double all_s = 0;

    for (int side = 0; side < GATE_SIDES; side++)
        for (size_t at = 0; at <= last; at += last) {
            struct figures figures;
            enum gate_step step = gate_trial(builds, (enum gate_side)side, at, &figures, fault);
            if (step == STEP_REFUSED)
                return -1;
            if (step == STEP_FAILED) {
                builds->end = side == GATE_BASE ? GATE_BASE_FAILS : GATE_HEAD_FAILS;
                return 1;
            }
            if (ends(builds, step))
                return 1;
            all_s += figures.wall_s * (at == 0 ? 1 : (double)last);
            has_shares =
                has_shares && (at == 0 || !isnan(figures.share[CAUSE_TAIL] + figures.share[CAUSE_INIT]));
        }
    builds->has_shares = has_shares;
    builds->pair_s = all_s; /* those in between take at least as long as the last */
    return has_room(builds) ? 0 : 1;
}

/* The old build with itself: what equal builds differ by here. Returns as warm_up(). */
static int measure_floor(struct gate_builds *builds, struct fault *fault)
{
    uint64_t from_ns = clock_now_ns();

    while (builds->floor->len < GATE_FLOOR_PAIRS) {
        struct gate_pair pair;
        enum gate_step step = run_pair(builds, GATE_BASE, &pair, fault);
        if (step == STEP_REFUSED)
            return -1;
        if (ends(builds, step))
            return 1;
        if (step == STEP_DONE)
            g_array_append_val(builds->floor, pair);
        busy_look(&builds->busy);
    }
    builds->pair_s = (double)(clock_now_ns() - from_ns) / 1e9 / GATE_FLOOR_PAIRS;
    return 0;
}

/* Returns as warm_up(). */
static int plan_pairs(struct gate_builds *builds, struct fault *fault)
{
    const struct gate_builds_request *request = builds->request;
    double spent_s = (double)(clock_now_ns() - builds->began_ns) / 1e9;
    double fit = ((double)request->budget_ns / 1e9 - spent_s) / builds->pair_s;

    builds->planned = fit > 0 ? (size_t)fmin(fit, GATE_PAIRS_MOST) : 0;
    if (!has_room(builds) || builds->planned < decision_least_pairs()) {
        builds->end = GATE_SMALL_BUDGET;
        return 1;
    }
    builds->decision = malloc(sizeof *builds->decision);
    if (!builds->decision)
        return fault_sys(fault, "gate: no memory for the pairs");
    if (pair_metrics_begin(&builds->metrics, request->workers, request->counts, builds->has_shares,
                           &request->limits) ||
        decision_begin(builds->decision, builds->metrics.decision, builds->metrics.metrics, builds->planned))
        return fault_bug(fault, "gate: the pairs cannot be planned");
    return 0;
}

/* --- the pairs -------------------------------------------------------------------------------- */

static enum decision_next take(struct gate_builds *builds, const struct gate_pair *pair)
{
    size_t counts = builds->request->counts;
    struct pair_side base = gate_pair_side(pair, GATE_BASE, counts),
                     head = gate_pair_side(pair, GATE_HEAD, counts);
    double worse[DECISION_METRICS_MOST], weight = 1;

    if (builds->noise == GATE_WEIGH && pair->disturbed)
        weight = 1 / (1 + pair->others_share / trial_limits.others_share);
    pair_worse(&builds->metrics, &base, &head, worse);
    g_array_append_vals(builds->pairs, pair, 1);
    return decision_add(builds->decision, worse, weight);
}

/* A disturbed pair: set aside, or counted. */
static enum decision_next sort_pair(struct gate_builds *builds, const struct gate_pair *pair)
{
    enum decision_next next = DECISION_MORE;
    GArray *aside = builds->set_aside;

    if (!pair->disturbed || builds->noise == GATE_KEEP || builds->noise == GATE_WEIGH)
        return take(builds, pair);
    builds->voided++;
    g_array_append_vals(aside, pair, 1);
    if (builds->noise == GATE_VOID || builds->voided + builds->pairs->len < GATE_AUTO_PAIRS ||
        builds->voided <= builds->pairs->len)
        return DECISION_MORE;
    builds->noise = GATE_WEIGH;
    builds->voided = 0;
    for (guint i = 0; i < aside->len && next != DECISION_OVER; i++)
        next = take(builds, &g_array_index(aside, struct gate_pair, i));
    g_array_set_size(aside, 0);
    return next;
}

static int run_pairs(struct gate_builds *builds, struct fault *fault)
{
    /* The load may change: a tenth more than planned, then it ends with what there is. */
    uint64_t end_ns = builds->began_ns + builds->request->budget_ns + builds->request->budget_ns / 10;

    for (;;) {
        struct gate_pair pair;
        enum gate_step step = run_pair(builds, GATE_HEAD, &pair, fault);
        if (step == STEP_REFUSED)
            return -1;
        if (ends(builds, step))
            return 0;
        busy_look(&builds->busy);
        if (step == STEP_DONE && sort_pair(builds, &pair) == DECISION_OVER) {
            builds->end = GATE_DECIDED;
            builds->verdict = builds->decision->verdict;
            return 0;
        }
        if (builds->watch)
            builds->watch(builds->watch_context, builds);
        if (clock_now_ns() > end_ns) {
            builds->end = GATE_OUT_OF_TIME;
            builds->verdict = decision_stop(builds->decision);
            return 0;
        }
    }
}

int gate_builds_run(struct gate_builds *builds, const struct gate_builds_request *request,
                    struct fault *fault)
{
    struct random_stream random = random_stream_of(request->seed, 0, 0);
    void (*watch)(void *, const struct gate_builds *) = builds->watch;
    void *context = builds->watch_context;
    int status;

    *builds = (struct gate_builds){.request = request,
                                   .random = &random,
                                   .noise = request->noise,
                                   .watch = watch,
                                   .watch_context = context,
                                   .began_ns = clock_now_ns(),
                                   .floor = g_array_new(FALSE, TRUE, sizeof(struct gate_pair)),
                                   .pairs = g_array_new(FALSE, TRUE, sizeof(struct gate_pair)),
                                   .set_aside = g_array_new(FALSE, TRUE, sizeof(struct gate_pair))};
    status = gate_trials_open(builds, fault);
    if (status == 0) {
        busy_look(&builds->busy);
        status = warm_up(builds, fault);
    }
    if (status == 0)
        status = measure_floor(builds, fault);
    if (status == 0)
        status = plan_pairs(builds, fault);
    if (status == 0) {
        if (builds->watch)
            builds->watch(builds->watch_context, builds);
        status = run_pairs(builds, fault);
    }
    builds->spent_ns = clock_now_ns() - builds->began_ns;
    builds->random = NULL;
    return status < 0 ? -1 : 0;
}

void gate_builds_release(struct gate_builds *builds)
{
    GArray *const arrays[] = {builds->floor, builds->pairs, builds->set_aside};

    if (!builds->request)
        return;
    gate_trials_close(builds);
    for (size_t i = 0; i < G_N_ELEMENTS(arrays); i++)
        if (arrays[i])
            g_array_free(arrays[i], TRUE);
    for (int side = 0; side < GATE_SIDES; side++)
        figures_costs_release(&builds->costs[side]);
    busy_release(&builds->busy);
    free(builds->decision);
    *builds = (struct gate_builds){.request = NULL};
}
