#include "harness/sweep/sweep_antagonist.h"

#include <math.h>
#include <time.h>

#include "pipeline/base/clock.h"

/* Of one reading of a reporter, and before it: caches fill meanwhile. */
enum { READING_NS = 150000000, SETTLE_NS = 30000000, READINGS_MOST = 8 };

int sweep_antagonist_place(const struct topology *topology, enum pin_placement placement,
                           struct sweep_antagonist_place *place, struct fault *fault)
{
    struct pin_plan pins = {0};

    if (pin_plan_make(&pins, topology, 2, placement == PIN_NONE ? PIN_COMPACT : placement, fault))
        return -1;
    *place = (struct sweep_antagonist_place){.worker_cpu = pins.cpu[0], .cpu = pins.cpu[1]};
    for (int k = 0; k < ANTAGONIST_KINDS; k++)
        place->reporters[k] = antagonist_reporter((enum antagonist_kind)k, topology->l3_bytes);
    pin_plan_release(&pins);
    return 0;
}

/* --- reporters -------------------------------------------------------------------------------- */

static void sleep_ns(long ns)
{
    nanosleep(&(struct timespec){.tv_nsec = ns}, NULL);
}

/* Bytes for each second of CPU time of a reporter that is running; NaN when it got none. Where others are on its CPU
 * too, the reading takes longer. */
static double read_rate(const struct antagonist *reporter)
{
    struct antagonist_progress progress = {NAN, NAN};
    uint64_t from_ns;

    sleep_ns(SETTLE_NS);
    from_ns = clock_now_ns();
    for (int i = 0; i < READINGS_MOST && !(progress.cpu_s >= READING_NS / 1.5e9); i++) {
        sleep_ns(READING_NS);
        progress = antagonist_progress(reporter, from_ns, clock_now_ns());
    }
    return progress.cpu_s > 0 ? progress.bytes / progress.cpu_s : NAN;
}

static int64_t rounded(double rate)
{
    return isfinite(rate) ? (int64_t)llround(rate) : STUDY_UNKNOWN;
}

/* Alone, pressed, alone: a drift of the machine's speed cancels. presser: on the other CPU, paused before and after. */
static int measure_reporter(const struct sweep_antagonist_place *place, enum antagonist_kind kind,
                            struct antagonist *presser, int64_t *alone, int64_t *pressed, struct fault *fault)
{
    struct antagonist reporter;
    double before, during;

    if (antagonist_start(&reporter, &place->reporters[kind], place->cpu, fault))
        return -1;
    antagonist_go(&reporter);
    before = read_rate(&reporter);
    antagonist_go(presser);
    during = read_rate(&reporter);
    antagonist_pause(presser);
    *alone = rounded((before + read_rate(&reporter)) / 2);
    *pressed = rounded(during);
    antagonist_stop(&reporter);
    return 0;
}

static int measure_reporters(struct sweep_antagonist *antagonist, const struct antagonist_setting *setting,
                             struct fault *fault)
{
    struct study_antagonist *row = &antagonist->row;
    const struct sweep_antagonist_place *place = &antagonist->place;
    struct antagonist presser;
    int status;

    if (antagonist_start(&presser, setting, place->worker_cpu, fault))
        return -1;
    status = measure_reporter(place, ANTAGONIST_TRAFFIC, &presser, &row->traffic_alone, &row->traffic_pressed,
                              fault) ||
             measure_reporter(place, ANTAGONIST_FOOTPRINT, &presser, &row->footprint_alone,
                              &row->footprint_pressed, fault);
    antagonist_stop(&presser);
    return status ? -1 : 0;
}

/* --- the trial -------------------------------------------------------------------------------- */

int sweep_antagonist_begin(struct sweep_antagonist *antagonist, const struct antagonist_setting *setting,
                           const struct sweep_antagonist_place *place, struct fault *fault)
{
    *antagonist = (struct sweep_antagonist){.place = *place};
    antagonist->row.is_reporter = antagonist_equal(setting, &place->reporters[setting->kind]);
    if (measure_reporters(antagonist, setting, fault) ||
        antagonist_start(&antagonist->running, setting, place->cpu, fault))
        return -1;
    antagonist_go(&antagonist->running);
    antagonist->begin_ns = clock_now_ns();
    antagonist->begin_cpu_ns = antagonist_cpu_ns(&antagonist->running);
    return 0;
}

void sweep_antagonist_end(struct sweep_antagonist *antagonist, struct trial_outcome *outcome)
{
    antagonist->end_ns = clock_now_ns();
    antagonist_pause(&antagonist->running);
    outcome->own_cpu_ns += antagonist_cpu_ns(&antagonist->running) - antagonist->begin_cpu_ns;
}

void sweep_antagonist_fill(struct sweep_antagonist *antagonist, const struct trial_outcome *outcome,
                           struct trial_result *result)
{
    struct study_antagonist *row = &antagonist->row;
    struct study_trial_rows *rows = &result->rows;
    const struct item_table_header *header = outcome->table.header;

    row->cpu = antagonist->place.cpu;
    row->worker_cpu = antagonist->place.worker_cpu;
    row->window_ns = (int64_t)(antagonist->end_ns - antagonist->begin_ns);
    row->moved_bytes =
        rounded(antagonist_progress(&antagonist->running, antagonist->begin_ns, antagonist->end_ns).bytes);
    row->cpu_ns = (int64_t)(antagonist_cpu_ns(&antagonist->running) - antagonist->begin_cpu_ns);
    rows->antagonist = row;
    for (size_t i = 0; i < rows->item_count && header; i++) {
        struct study_item *item = &rows->items[i];
        struct antagonist_progress progress;
        if (item->start_ns == STUDY_UNKNOWN || item->end_ns == STUDY_UNKNOWN)
            continue;
        progress = antagonist_progress(&antagonist->running, header->start_ns + (uint64_t)item->start_ns,
                                       header->start_ns + (uint64_t)item->end_ns);
        item->antagonist_bytes = rounded(progress.bytes);
        item->antagonist_cpu_ns = rounded(1e9 * progress.cpu_s);
    }
}

void sweep_antagonist_release(struct sweep_antagonist *antagonist)
{
    antagonist_stop(&antagonist->running);
}
