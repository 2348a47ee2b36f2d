#include "analysis/knob/knob.h"

#include <math.h>
#include <stdio.h>

static const double short_s = 0.05, unlimited_factor = 1.3, more_factor = 1.15, used_share = 0.8,
                    spinning_factor = 1.5, fixed_share = 0.1, seen_s = 0.1, busy_least = 0.5, looked_at_s = 1;

const char *knob_rule_name(enum knob_rule rule)
{
    static const char *const names[KNOB_RULES] = {
        "short", "left", "unlimited", "no-effect", "narrow", "fixed-time", "spinning", "waiting", "output"};

    return names[rule];
}

double knob_cpus_used(const struct knob_cell *cell)
{
    return cell->wall_s > 0 ? cell->cpu_s / cell->wall_s : NAN;
}

double knob_cpus_wanted(const struct knob_cell *cell)
{
    return cell->wall_s > 0 ? (cell->cpu_s + cell->runqueue_s) / cell->wall_s : NAN;
}

/* On a disturbed machine a program uses fewer CPUs than it could. */
static double demand(const struct knob_cell *cell)
{
    return fmax(knob_cpus_used(cell), knob_cpus_wanted(cell));
}

static const char *plural(unsigned workers)
{
    return workers == 1 ? "" : "s";
}

#define SAY(finding, ...) snprintf((finding)->sentence, sizeof(finding)->sentence, __VA_ARGS__)

static bool find_short(const struct knob_cell *cell, struct knob_finding *finding)
{
    if (!(cell->wall_s < short_s))
        return false;
    SAY(finding,
        "a trial with %u worker%s takes %.0f ms: mostly the start of processes; give the command more work",
        cell->workers, plural(cell->workers), 1000 * cell->wall_s);
    return true;
}

static bool find_left(const struct knob_cell *cell, struct knob_finding *finding)
{
    if (!(cell->left_running >= 1))
        return false;
    SAY(finding,
        "with %u worker%s the command ended while %.0f of its processes ran on: they were ended, and what "
        "they did "
        "is not in its time; let it wait for them",
        cell->workers, plural(cell->workers), cell->left_running);
    return true;
}

/* A short trial is mostly the loader's work, which may be anywhere. */
static bool find_unlimited(const struct knob_cell *cell, struct knob_finding *finding)
{
    double used = knob_cpus_used(cell), wanted = knob_cpus_wanted(cell);

    if (cell->wall_s < short_s || !(fmax(used, wanted) > unlimited_factor * cell->workers))
        return false;
    if (used > unlimited_factor * cell->workers)
        SAY(finding, "%u worker%s used %.1f CPUs: the option does not limit all threads of this program",
            cell->workers, plural(cell->workers), used);
    else
        SAY(finding,
            "%u worker%s used %.1f CPUs and its threads waited for more (%.1f wanted, at most %.0f threads "
            "alive): "
            "the option does not limit all threads of this program",
            cell->workers, plural(cell->workers), used, wanted, cell->threads_most);
    return true;
}

/* The index of the last cell within the cores that uses more CPUs than those before it. */
static size_t last_that_gains(const struct knob_cell *cells, size_t count, unsigned cores)
{
    size_t best = 0;

    for (size_t i = 1; i < count && (cores == 0 || cells[i].workers <= cores); i++)
        if (!(demand(&cells[i]) <= more_factor * demand(&cells[best])))
            best = i;
    return best;
}

static bool find_unused_cores(const struct knob_cell *cells, size_t count, unsigned cores,
                              struct knob_finding *finding)
{
    size_t best = last_that_gains(cells, count, cores);
    const struct knob_cell *from = &cells[best], *next = from + 1;

    if (best + 1 >= count || next->wall_s < short_s || (cores && next->workers > cores) ||
        !(demand(from) > busy_least * from->workers) || !(demand(next) < used_share * next->workers))
        return false;
    finding->workers = next->workers;
    SAY(finding,
        "from %u worker%s on no more CPUs are used (%u: %.1f, %u: %.1f)%s: nothing left to divide (input too "
        "small "
        "for its blocks?), or the option has no effect",
        from->workers, plural(from->workers), from->workers, knob_cpus_used(from), next->workers,
        knob_cpus_used(next), next->threads_most > from->threads_most ? ", though more threads run" : "");
    return true;
}

/* Looks that are far apart miss threads that live for a short time: there were few looks, or fewer threads were seen
 * than CPUs used. */
static bool may_miss_threads(const struct knob_cell *cell)
{
    return cell->wall_s < looked_at_s || knob_cpus_used(cell) > more_factor * cell->threads_most;
}

/* Threads can be counted beyond the cores too, where CPUs used say nothing. */
static bool find_no_more_threads(const struct knob_cell *cells, size_t count, struct knob_finding *finding)
{
    const struct knob_cell *last = &cells[count - 1];
    size_t from = count - 1;

    if (count < 2 || !(last->threads_most < last->workers) || may_miss_threads(last))
        return false;
    while (from > 0 && cells[from - 1].threads_most >= last->threads_most)
        from--;
    if (from + 1 >= count)
        return false;
    finding->workers = cells[from + 1].workers;
    SAY(finding,
        "from %u worker%s on no more threads run (%.0f with %u workers): the option has an upper limit, or "
        "nothing is "
        "left to divide (input too small for its blocks?)",
        cells[from].workers, plural(cells[from].workers), last->threads_most, last->workers);
    return true;
}

static bool find_no_effect(const struct knob_cell *cells, size_t count, unsigned cores,
                           struct knob_finding *finding)
{
    return find_unused_cores(cells, count, cores, finding) || find_no_more_threads(cells, count, finding);
}

static bool find_narrow(const struct knob_cell *cell, unsigned cores, struct knob_finding *finding)
{
    unsigned most = cores && cell->workers > cores ? cores : cell->workers;

    /* One of several that are bound to a CPU each may not have been seen yet. */
    if (!(cell->cpus_allowed < most) || !(cell->cpu_s > seen_s * cell->workers) ||
        !(knob_cpus_used(cell) < more_factor * cell->cpus_allowed))
        return false;
    SAY(finding,
        "with %u workers the threads that compute may use %.0f CPU%s of the cell's %u: the command, or a "
        "program that starts it (taskset, numactl), binds them",
        cell->workers, cell->cpus_allowed, cell->cpus_allowed > 1 ? "s" : "", most);
    return true;
}

/* What a benchmark shows that runs for a given time, or whose workers do the whole work each. */
static bool takes_fixed_time(const struct knob_cell *one, const struct knob_cell *cell, unsigned cores)
{
    double times = cell->cpu_s / one->cpu_s, longer = cell->wall_s / one->wall_s;

    return one->workers == 1 && cell->workers > 1 && !(one->wall_s < short_s) &&
           !(cores && cell->workers > cores) && times > used_share * cell->workers &&
           longer > 1 - fixed_share && longer < 1 + fixed_share;
}

static bool find_fixed_time(const struct knob_cell *one, const struct knob_cell *cell, unsigned cores,
                            struct knob_finding *finding)
{
    if (!takes_fixed_time(one, cell, cores))
        return false;
    SAY(finding,
        "%u workers take as long as one, and %.1f times its CPU time: the command runs for a given time, or "
        "each worker does the whole work; give all numbers of workers the same work, or let it grow: --weak",
        cell->workers, cell->cpu_s / one->cpu_s);
    return true;
}

static bool find_spinning(const struct knob_cell *one, const struct knob_cell *cell, unsigned cores,
                          struct knob_finding *finding)
{
    double times = cell->cpu_s / one->cpu_s;

    if (one->workers != 1 || one->wall_s < short_s || (cores && cell->workers > cores) ||
        !(times > spinning_factor) || takes_fixed_time(one, cell, cores))
        return false;
    SAY(finding,
        "CPU time grew %.1f-fold from 1 to %u workers: threads spin while they wait, or the work itself "
        "grows with "
        "them",
        times, cell->workers);
    return true;
}

/* What a program waits for (a sleep, a disk, a network) takes its real time on an emulated core. */
static bool find_waiting(const struct knob_cell *cell, struct knob_finding *finding)
{
    if (cell->workers != 1 || cell->wall_s < short_s || !(knob_cpus_used(cell) < used_share))
        return false;
    SAY(finding,
        "one worker used %.2f of an emulated core: it waits (a sleep, a disk, a network), and waiting is not "
        "slowed down as computing is: times and speedups are not those of that many cores",
        knob_cpus_used(cell));
    return true;
}

static bool find_output(const struct knob_cell *cell, struct knob_finding *finding)
{
    if (cell->output_is_empty)
        SAY(finding,
            "the output with %u worker%s is empty, so that nothing is compared: --output names the file or "
            "folder that the command writes, '-' its standard output",
            cell->workers, plural(cell->workers));
    else if (cell->outputs > 1)
        SAY(finding,
            "the output differs from trial to trial with %u worker%s: it depends on timing, or holds a date",
            cell->workers, plural(cell->workers));
    else if (cell->same_as_one == 0)
        SAY(finding,
            "the output of %u workers is not that of one%s: unless only its order differs, these are two "
            "programs, and their times are not those of the same work",
            cell->workers, cell->workers > 2 && cell->same_as_two == 1 ? ", but that of two" : "");
    else
        return false;
    return true;
}

static bool apply(enum knob_rule rule, const struct knob_cell *cells, size_t i, unsigned cores,
                  struct knob_finding *finding)
{
    switch (rule) {
    case KNOB_SHORT:
        return find_short(&cells[i], finding);
    case KNOB_LEFT:
        return find_left(&cells[i], finding);
    case KNOB_UNLIMITED:
        return find_unlimited(&cells[i], finding);
    case KNOB_NARROW:
        return find_narrow(&cells[i], cores, finding);
    case KNOB_FIXED_TIME:
        return find_fixed_time(&cells[0], &cells[i], cores, finding);
    case KNOB_SPINNING:
        return find_spinning(&cells[0], &cells[i], cores, finding);
    case KNOB_OUTPUT:
        return find_output(&cells[i], finding);
    case KNOB_WAITING:
        return find_waiting(&cells[i], finding);
    case KNOB_NO_EFFECT:
    case KNOB_RULES:
        break;
    }
    return false;
}

static bool holds(enum knob_rule rule, const struct knob_setting *setting)
{
    return (rule != KNOB_WAITING || setting->are_emulated) &&
           ((rule != KNOB_SPINNING && rule != KNOB_FIXED_TIME) || !setting->is_weak);
}

size_t knob_judge(const struct knob_cell *cells, size_t count, const struct knob_setting *setting,
                  struct knob_finding findings[KNOB_RULES])
{
    size_t found = 0;

    for (int rule = 0; rule < KNOB_RULES && count > 0; rule++) {
        struct knob_finding *finding = &findings[found];
        bool is_found = false;
        if (!holds((enum knob_rule)rule, setting))
            continue;
        *finding = (struct knob_finding){.rule = (enum knob_rule)rule};
        if (rule == KNOB_NO_EFFECT)
            is_found = find_no_effect(cells, count, setting->cores, finding);
        for (size_t i = 0; i < count && !is_found; i++) {
            finding->workers = cells[i].workers;
            is_found = apply((enum knob_rule)rule, cells, i, setting->cores, finding);
        }
        found += is_found;
    }
    return found;
}
