#include "analysis/prediction/simulate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- claims ----------------------------------------------------------------------------------- */

static bool claim_own(struct simulate_queue *queue, unsigned slot, uint64_t *begin, uint64_t *end)
{
    unsigned __int128 items = queue->items;
    uint64_t first = (uint64_t)(items * slot / queue->workers),
             past = (uint64_t)(items * (slot + 1) / queue->workers);

    /* 0 is "not begun": a share that really goes on at 0 is empty or begins there. */
    *begin = queue->own_next[slot] ? queue->own_next[slot] : first;
    if (*begin >= past)
        return false;
    *end = past - *begin < queue->chunk ? past : *begin + queue->chunk;
    queue->own_next[slot] = *end;
    return true;
}

bool simulate_claim(struct simulate_queue *queue, unsigned slot, uint64_t *begin, uint64_t *end)
{
    uint64_t left = queue->items - queue->next, size = queue->chunk;

    if (queue->policy == SIMULATE_STATIC)
        return claim_own(queue, slot, begin, end);
    if (left == 0)
        return false;
    if (queue->policy == SIMULATE_GUIDED && left / (2 * (uint64_t)queue->workers) > size)
        size = left / (2 * (uint64_t)queue->workers);
    *begin = queue->next;
    *end = queue->next += size < left ? size : left;
    return true;
}

enum simulate_policy simulate_policy_of(const char *name)
{
    static const char *const names[SIMULATE_POLICIES] = {"static", "dynamic", "guided", "largest-first"};

    for (int p = 0; p < SIMULATE_POLICIES && name; p++)
        if (strcmp(name, names[p]) == 0)
            return (enum simulate_policy)p;
    return SIMULATE_DYNAMIC;
}

struct weighted {
    double weight;
    size_t index;
};

static int heavier_first(const void *a, const void *b)
{
    const struct weighted *x = a, *y = b;

    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

int simulate_largest_first(const double *weight, size_t items, size_t *order)
{
    struct weighted *sorted = calloc(items + 1, sizeof *sorted);

    if (!sorted)
        return -1;
    for (size_t i = 0; i < items; i++)
        sorted[i] = (struct weighted){weight[i], i};
    qsort(sorted, items, sizeof *sorted, heavier_first);
    for (size_t i = 0; i < items; i++)
        order[i] = sorted[i].index;
    free(sorted);
    return 0;
}

/* --- workers and time ------------------------------------------------------------------------- */

enum { NO_ITEM = -1 };

struct runner {
    double until;          /* in work time: when it is free */
    double start_s, cpu_s; /* of its item: wall time of the start, CPU clock at the start */
    double active_part;    /* of the item's work time, the part that was not spent at the lock */
    double begin;          /* of its item, in work time */
    bool before_lock;      /* until is when it asks for the lock */
    uint64_t next, end;    /* positions claimed and not begun */
    int64_t item;          /* NO_ITEM: none */
};

struct simulation {
    const struct simulate_setting *setting;
    struct simulate_queue queue;
    struct runner *runner;
    unsigned *heap, active;  /* runners at work, by until, then number */
    double *rate, *cpu_rate; /* [active]: work and CPU time for each second of wall time */
    double work, wall_s, cpu_s,
        waiting_s;    /* clocks; cpu and waiting are those of one worker always at work */
    double lock_free; /* in work time */
    struct simulate_result *result;
    struct simulate_span *span;
    struct simulate_worker *worker;
};

static bool before(const struct simulation *s, unsigned one, unsigned other)
{
    const struct runner *x = &s->runner[one], *y = &s->runner[other];

    return x->until < y->until || (x->until == y->until && one < other);
}

/* Restores the heap after the first runner's time has grown, or it was replaced. */
static void sift_down(struct simulation *s)
{
    unsigned moved = s->heap[0], at = 0;

    for (unsigned child; (child = 2 * at + 1) < s->active; at = child) {
        if (child + 1 < s->active && before(s, s->heap[child + 1], s->heap[child]))
            child++;
        if (!before(s, s->heap[child], moved))
            break;
        s->heap[at] = s->heap[child];
    }
    s->heap[at] = moved;
}

/* Between two whole numbers of items that go on. */
static double excess_at(const struct simulate_setting *set, double going)
{
    unsigned below = (unsigned)going;

    if (!set->excess)
        return 0;
    if (below >= set->excess_most)
        return set->excess[set->excess_most];
    return set->excess[below] + (going - below) * (set->excess[below + 1] - set->excess[below]);
}

static void set_rates(struct simulation *s)
{
    const struct simulate_setting *set = s->setting;
    double share = set->share > 0 ? set->share : 1, cores = set->cores ? set->cores : set->workers;

    for (unsigned a = 1; a <= set->workers; a++) {
        double of_a_core = fmin(1, cores / (a * share)), going = a * of_a_core;
        double slower = 1 + set->contention * (going - 1) + excess_at(set, going);
        s->rate[a] = of_a_core / slower;
        s->cpu_rate[a] = of_a_core * share;
    }
}

static void advance(struct simulation *s, double work)
{
    double passed_s = (work - s->work) / s->rate[s->active];
    double share = s->setting->share > 0 ? s->setting->share : 1;

    s->work = work;
    s->wall_s += passed_s;
    s->cpu_s += passed_s * s->cpu_rate[s->active];
    s->waiting_s += passed_s * (1 - s->cpu_rate[s->active] / share);
}

static void finish_item(struct simulation *s, unsigned slot)
{
    struct runner *runner = &s->runner[slot];

    if (runner->item == NO_ITEM)
        return;
    s->result->busy_core_s += s->wall_s - runner->start_s;
    if (s->span) {
        struct simulate_span *span = &s->span[runner->item];
        span->worker = slot;
        span->start_s = runner->start_s;
        span->end_s = s->wall_s;
        span->cpu_s = (s->cpu_s - runner->cpu_s) * runner->active_part;
    }
    runner->item = NO_ITEM;
}

/* Dispatch is short compared with an item: it is turned into wall time at the rate of its beginning. */
static void start_item(struct simulation *s, unsigned slot, double dispatch_s)
{
    const struct simulate_setting *set = s->setting;
    struct runner *runner = &s->runner[slot];
    size_t item = set->order ? set->order[runner->next] : runner->next;
    double start = s->work + dispatch_s, seconds = dispatch_s / s->rate[s->active];

    runner->next++;
    runner->item = (int64_t)item;
    runner->start_s = s->wall_s + seconds;
    runner->cpu_s = s->cpu_s + seconds * s->cpu_rate[s->active];
    runner->begin = start;
    runner->before_lock = set->lock && set->lock[item].held_s > 0;
    runner->until = start + (runner->before_lock ? set->lock[item].at_s : set->cost_s[item]);
    runner->active_part = 1;
    if (s->span)
        s->span[item].claim_s = s->wall_s;
}

/* It asks for the lock, and knows from then on when its item ends. */
static void take_lock(struct simulation *s, struct runner *runner)
{
    const struct simulate_setting *set = s->setting;
    const struct simulate_lock lock = set->lock[runner->item];
    double cost_s = set->cost_s[runner->item], granted = fmax(runner->until, s->lock_free);

    s->lock_free = granted + lock.held_s;
    runner->until = granted + fmax(cost_s - lock.at_s, lock.held_s);
    runner->active_part = runner->until > runner->begin ? cost_s / (runner->until - runner->begin) : 1;
    runner->before_lock = false;
}

/* The first runner of the heap is free: it goes on, or leaves. */
static void step(struct simulation *s)
{
    const struct simulate_setting *set = s->setting;
    unsigned slot = s->heap[0];
    struct runner *runner = &s->runner[slot];
    double dispatch_s = set->gap_s;

    advance(s, runner->until);
    if (runner->before_lock) {
        take_lock(s, runner);
        sift_down(s);
        return;
    }
    finish_item(s, slot);
    if (runner->next >= runner->end) {
        if (!simulate_claim(&s->queue, slot, &runner->next, &runner->end)) {
            if (s->worker) {
                s->worker[slot].loop_end_s = s->wall_s;
                s->worker[slot].waiting_s = s->waiting_s;
            }
            s->result->tail_core_s -= s->wall_s; /* and work_end_s of each is added when it is known */
            s->heap[0] = s->heap[--s->active];
            if (s->active)
                sift_down(s);
            return;
        }
        s->result->claims++;
        dispatch_s += set->claim_s;
    }
    start_item(s, slot, dispatch_s);
    sift_down(s);
}

/* Forks one after another; with more workers than cores the initializers share the cores. */
static double start_workers(struct simulation *s)
{
    const struct simulate_setting *set = s->setting;
    double cores = set->cores ? set->cores : set->workers, share = set->init_share > 0 ? set->init_share : 1,
           init_s = set->init_s * fmax(set->workers * share / cores, 1);
    double gate_s = 0;

    for (unsigned w = 0; w < set->workers; w++) {
        double fork_s = set->prefix_s + w * set->fork_s, begin_s = fork_s + set->begin_s;
        gate_s = fmax(gate_s, begin_s + init_s);
        if (s->worker)
            s->worker[w] =
                (struct simulate_worker){.fork_s = fork_s, .begin_s = begin_s, .ready_s = begin_s + init_s};
        s->runner[w] = (struct runner){.item = NO_ITEM};
        s->heap[w] = w;
    }
    for (unsigned w = 0; s->worker && w < set->workers; w++)
        s->worker[w].go_s = gate_s;
    return gate_s;
}

static void simulate(struct simulation *s)
{
    const struct simulate_setting *set = s->setting;
    struct simulate_result *result = s->result;

    set_rates(s);
    result->go_s = s->wall_s = start_workers(s);
    s->active = set->workers;
    while (s->active)
        step(s);
    result->work_end_s = s->wall_s;
    result->tail_core_s += set->workers * s->wall_s;
    result->wall_s = s->wall_s + set->suffix_s + set->suffix_per_worker_s * set->workers;
}

int simulate_run(const struct simulate_setting *setting, struct simulate_result *result,
                 struct simulate_span *span, struct simulate_worker *worker)
{
    size_t workers = setting->workers;
    struct simulation s = {
        .setting = setting,
        .queue = {setting->policy, setting->chunk, setting->items, 0, setting->workers,
                  calloc(workers, sizeof(uint64_t))},
        .runner = calloc(workers, sizeof(struct runner)),
        .heap = calloc(workers, sizeof(unsigned)),
        .rate = calloc(workers + 1, sizeof(double)),
        .cpu_rate = calloc(workers + 1, sizeof(double)),
        .result = result,
        .span = span,
        .worker = worker,
    };
    int status = -1;

    *result = (struct simulate_result){0};
    if (s.queue.own_next && s.runner && s.heap && s.rate && s.cpu_rate) {
        simulate(&s);
        status = 0;
    }
    free(s.queue.own_next);
    free(s.runner);
    free(s.heap);
    free(s.rate);
    free(s.cpu_rate);
    return status;
}
