#include "harness/machine/pin_plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const pin_placement_names[] = {"compact", "scatter", "core-type", "none", NULL};

const char *pin_placement_name(enum pin_placement placement)
{
    return placement >= PIN_COMPACT && placement <= PIN_NONE ? pin_placement_names[placement] : NULL;
}

/* From the outside in; a CPU's place in the machine is its number at each level. */
enum level { LEVEL_PACKAGE, LEVEL_NUMA, LEVEL_L3, LEVEL_CORE, LEVEL_SMT, LEVELS };

/* An allowed CPU, and the numbers by which it is ordered, first number first. */
struct seat {
    int32_t os_index;
    int32_t kind;
    uint32_t core;
    uint32_t place[LEVELS];
    uint32_t order[LEVELS + 1];
};

static int compare_numbers(const uint32_t *a, const uint32_t *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (a[i] != b[i])
            return a[i] < b[i] ? -1 : 1;
    return 0;
}

static int compare_places(const void *left, const void *right)
{
    const struct seat *a = left, *b = right;
    int result = compare_numbers(a->place, b->place, LEVELS);

    return result ? result : (a->os_index > b->os_index) - (a->os_index < b->os_index);
}

static int compare_orders(const void *left, const void *right)
{
    const struct seat *a = left, *b = right;
    int result = compare_numbers(a->order, b->order, LEVELS + 1);

    return result ? result : compare_places(left, right);
}

static void set_order(struct seat *seat, const uint32_t rank[LEVELS], enum pin_placement placement)
{
    uint32_t *order = seat->order;

    *order++ = rank[LEVEL_SMT]; /* a core of one's own first, whatever the placement */
    if (placement == PIN_CORE_TYPE)
        *order++ = UINT32_MAX - (uint32_t)(seat->kind + 1);
    if (placement == PIN_SCATTER) /* innermost number first: neighbours in the plan differ in the outermost */
        for (int level = LEVEL_CORE; level >= LEVEL_PACKAGE; level--)
            *order++ = rank[level];
    /* the rest stays 0, and equals are ordered by their place: compact */
}

/* Ranks count the things of a level that are left inside the same parent: the first CPU left of a core is its
 * seat 0 though its sibling before it be forbidden. seats are sorted by place. */
static void rank_seats(struct seat *seats, uint32_t count, enum pin_placement placement)
{
    uint32_t rank[LEVELS] = {0};

    for (uint32_t i = 0; i < count; i++) {
        size_t level = 0;
        while (i > 0 && level < LEVEL_SMT && seats[i].place[level] == seats[i - 1].place[level])
            level++;
        if (i > 0)
            rank[level]++;
        for (size_t inner = level + 1; inner < LEVELS; inner++)
            rank[inner] = 0;
        set_order(&seats[i], rank, placement);
    }
}

static uint32_t different_cores(const struct seat *seats, uint32_t count)
{
    uint32_t different = 0;

    for (uint32_t i = 0; i < count; i++) {
        bool seen = false;
        for (uint32_t j = 0; j < i && !seen; j++)
            seen = seats[j].core == seats[i].core;
        different += !seen;
    }
    return different;
}

static uint32_t different_kinds(const struct seat *seats, uint32_t count)
{
    uint32_t different = 0;

    for (uint32_t i = 0; i < count; i++) {
        bool seen = false;
        for (uint32_t j = 0; j < i && !seen; j++)
            seen = seats[j].kind == seats[i].kind;
        different += !seen;
    }
    return different;
}

/* Returns the seats in the order of the placement (caller frees), their number in *count; NULL without
 * memory. */
static struct seat *ordered_seats(const struct topology *topology, enum pin_placement placement,
                                  uint32_t *count)
{
    struct seat *seats = calloc(topology->cpu_count + 1u, sizeof *seats);

    *count = 0;
    if (!seats)
        return NULL;
    for (uint32_t i = 0; i < topology->cpu_count; i++) {
        const struct topology_cpu *cpu = &topology->cpus[i];
        if (cpu->allowed)
            seats[(*count)++] =
                (struct seat){.os_index = cpu->os_index,
                              .kind = cpu->kind,
                              .core = cpu->core,
                              .place = {cpu->package, cpu->numa, cpu->l3, cpu->core, cpu->smt}};
    }
    qsort(seats, *count, sizeof *seats, compare_places);
    rank_seats(seats, *count, placement);
    qsort(seats, *count, sizeof *seats, compare_orders);
    return seats;
}

int pin_plan_make(struct pin_plan *plan, const struct topology *topology, uint32_t workers,
                  enum pin_placement placement, struct fault *fault)
{
    uint32_t count;
    struct seat *seats = ordered_seats(topology, placement, &count);

    *plan = (struct pin_plan){.placement = placement, .workers = workers};
    plan->cpu = calloc(workers + 1u, sizeof *plan->cpu);
    if (!seats || !plan->cpu || count == 0) {
        bool memory = !seats || !plan->cpu;
        free(seats);
        pin_plan_release(plan);
        return memory ? fault_sys(fault, "pin plan for %u workers: no memory", workers)
                      : fault_set(fault, "pin plan: %s has no CPU that may be used: widen the CPU set",
                                  topology->source);
    }
    for (uint32_t slot = 0; slot < workers; slot++)
        plan->cpu[slot] = placement == PIN_NONE ? -1 : seats[slot % count].os_index;
    if (placement != PIN_NONE)
        plan->cores_used = different_cores(seats, workers < count ? workers : count);
    plan->kinds_used = different_kinds(seats, placement == PIN_NONE || workers > count ? count : workers);
    plan->shares_cores = workers > topology->allowed_cores;
    plan->oversubscribed = workers > count || (topology->quota_cpus > 0 && workers > topology->quota_cpus);
    free(seats);
    return 0;
}

char *pin_plan_text(const struct pin_plan *plan)
{
    size_t bytes = 12u * (size_t)plan->workers + 8, used = 0;
    char *text;

    if (plan->placement == PIN_NONE)
        return strdup("none");
    text = calloc(bytes, 1);
    for (uint32_t slot = 0; text && slot < plan->workers; slot++)
        used += (size_t)snprintf(text + used, bytes - used, "%s%d", slot ? "," : "", plan->cpu[slot]);
    return text;
}

void pin_plan_release(struct pin_plan *plan)
{
    free(plan->cpu);
    plan->cpu = NULL;
    plan->workers = 0;
}
