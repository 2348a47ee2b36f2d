/* The run that a replay is made of: the whole batch, computed once on the real cores. Items that the source has not
 * measured get the CPU time of this run, at the level of the items that both have. */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/sweep/subjects/replay_study.h"
#include "harness/sweep/subjects/subject_replay_internal.h"
#include "pipeline/images/image_replay.h"

/* --- the run ---------------------------------------------------------------------------------- */

static int compute(struct subject_replay *replay, struct trial_outcome *outcome, struct fault *fault)
{
    struct subject *subject = &replay->batch.subject;
    gchar *out = g_build_filename(replay->folder, IMAGE_REPLAY_RENDITIONS, NULL);
    struct trial_request request = {.workers = subject->topology.usable_cores,
                                    .chunk = 1,
                                    .policy = "dynamic",
                                    .pin = "none",
                                    .out = out,
                                    .keep_out = true};
    const struct item_table_header *header;
    int result;

    if (subject->note)
        subject->note("reference: the real run of the whole batch, whose outputs are replayed");
    result = subject_batch_run(subject, &request, outcome, fault);
    g_free(out);
    if (result)
        return -1;
    header = outcome->table.header;
    subject->stopped_by = outcome->stopped_by;
    if (!outcome->stopped_by && header && header->end_ns)
        return 0;
    if (!outcome->stopped_by)
        fault_set(fault, "the real run of the batch failed: %s",
                  header && header->message[0] ? header->message
                  : outcome->stderr_line[0]    ? outcome->stderr_line
                                               : "knee run gave no reason");
    trial_outcome_release(outcome);
    return -1;
}

/* --- times ------------------------------------------------------------------------------------ */

struct level {
    double wall, cpu; /* times of the source over CPU time of this run, of the items that both have */
    uint64_t both;
};

static const struct replay_item *source_time(const struct subject_replay *replay, uint64_t item)
{
    const struct subject_batch *batch = &replay->batch;

    return g_hash_table_lookup(replay->source->times, batch->batch.paths[batch->items.index[item]]);
}

static struct level find_level(const struct subject_replay *replay, const struct item_table *table)
{
    struct level level = {0};
    double here_ns = 0;

    for (uint64_t i = 0; i < table->items; i++) {
        const struct replay_item *time = source_time(replay, i);
        uint64_t cpu_ns = item_table_item(table, i)->cpu_ns;
        if (!time || !cpu_ns)
            continue;
        level.wall += (double)time->wall_ns;
        level.cpu += (double)time->cpu_ns;
        here_ns += (double)cpu_ns;
        level.both++;
    }
    level.wall = here_ns > 0 ? level.wall / here_ns : 1;
    level.cpu = here_ns > 0 ? level.cpu / here_ns : 1;
    return level;
}

static void fill_times(const struct subject_replay *replay, const struct item_table *table,
                       const struct level *level, struct replay_plan *plan)
{
    for (uint64_t i = 0; i < plan->items; i++) {
        const struct replay_item *time = source_time(replay, i);
        double cpu_ns = (double)item_table_item(table, i)->cpu_ns;
        if (time)
            plan->item[i] = *time;
        else
            plan->item[i] = (struct replay_item){.wall_ns = (uint64_t)(level->wall * cpu_ns),
                                                 .cpu_ns = (uint64_t)(level->cpu * cpu_ns)};
    }
}

/* Mean over the workers of the run; they were no more than the cores. */
static uint64_t mean_init_ns(const struct item_table *table)
{
    uint64_t sum = 0;

    for (uint32_t slot = 0; slot < table->workers; slot++) {
        const struct worker_record *worker = item_table_worker(table, slot);
        if (worker->init_end_ns > worker->init_begin_ns)
            sum += worker->init_end_ns - worker->init_begin_ns;
    }
    return table->workers ? sum / table->workers : 0;
}

/* --- files ------------------------------------------------------------------------------------ */

static int write_table(const struct item_table *table, const char *path, struct fault *fault)
{
    const char *at = (const char *)table->header;
    uint64_t left = table->bytes;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

    while (fd >= 0 && left > 0) {
        ssize_t done = write(fd, at, left);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            break;
        at += done;
        left -= (uint64_t)done;
    }
    if (fd < 0 || left > 0 || close(fd))
        return fault_set(fault, "%s: %s: free space there, or give another folder with --out", path,
                         strerror(errno));
    return 0;
}

static int write_files(const struct subject_replay *replay, const struct item_table *table,
                       const struct replay_plan *plan, struct fault *fault)
{
    gchar *times = g_build_filename(replay->folder, IMAGE_REPLAY_TIMES, NULL),
          *copy = g_build_filename(replay->folder, IMAGE_REPLAY_TABLE, NULL);
    int result = replay_plan_write(plan, times, fault) || write_table(table, copy, fault) ? -1 : 0;

    g_free(times);
    g_free(copy);
    return result;
}

/* --- in the study ----------------------------------------------------------------------------- */

static int record_facts(const struct subject_replay *replay, const struct trial_outcome *outcome,
                        const struct level *level, const struct replay_plan *plan, struct study *study,
                        struct fault *fault)
{
    const struct item_table_header *header = outcome->table.header;
    int64_t spent_ns = study_get_number(study, "spent_ns", 0) + (int64_t)outcome->spent_ns, failed = 0;
    char times[320], event[200], manifest[sizeof header->result + 1];

    for (uint64_t i = 0; i < outcome->table.items; i++)
        failed += item_table_item(&outcome->table, i)->state == ITEM_FAILED;
    snprintf(manifest, sizeof manifest, "%.*s", (int)sizeof header->result, header->result);
    snprintf(times, sizeof times,
             "%" PRIu64 " of %" PRIu64
             " items take their time in %.100s; the others their CPU time in the real run "
             "of the batch, times %.3f",
             level->both, plan->items, replay->source->name, level->wall);
    snprintf(event, sizeof event,
             "real run of the batch: %" PRId64 " done, %" PRId64 " failed, manifest %.16s",
             (int64_t)plan->items - failed, failed, manifest);
    return subject_batch_describe(study, &outcome->table, fault) ||
                   study_set(study, "replay_manifest_sha256", manifest, fault) ||
                   study_set(study, "replay_times", times, fault) ||
                   study_set_number(study, "replay_init_ns", (int64_t)plan->init_ns, fault) ||
                   study_set_number(study, "items_failed", failed, fault) ||
                   study_set_number(study, "setup_ns", spent_ns, fault) ||
                   study_set_number(study, "spent_ns", spent_ns, fault) ||
                   study_add_event(study, STUDY_UNKNOWN, "reference", event, fault)
               ? -1
               : 0;
}

static int record_reference(const struct subject_replay *replay, const struct trial_outcome *outcome,
                            const struct level *level, const struct replay_plan *plan, struct study *study,
                            struct fault *fault)
{
    int result = study_begin(study, fault);

    if (result)
        return -1;
    for (uint64_t i = 0; i < plan->items && result == 0; i++)
        result = replay_study_time(study, i, &plan->item[i], fault);
    if (result || record_facts(replay, outcome, level, plan, study, fault)) {
        study_roll_back(study);
        return -1;
    }
    return study_commit(study, fault);
}

/* The times that the study's first trials waited for, whatever this run took. */
static int read_times(struct study *study, struct replay_plan *plan, struct fault *fault)
{
    size_t count = 0;
    struct study_batch_item *rows = study_read_batch(study, &count, fault);
    int result = 0;

    if (!rows)
        return -1;
    plan->init_ns = (uint64_t)study_get_number(study, "replay_init_ns", 0);
    for (size_t i = 0; i < count && i < plan->items; i++)
        plan->item[i] = replay_study_item(&rows[i]);
    if (count != plan->items)
        result = fault_set(fault, "%s: %zu items of %llu are recorded: start again with --restart",
                           study->folder, count, (unsigned long long)plan->items);
    study_free_batch(rows, count);
    return result;
}

static int check_manifest(const char *recorded, const struct item_table_header *header,
                          const struct study *study, struct fault *fault)
{
    return strncmp(recorded, header->result, sizeof header->result) == 0
               ? 0
               : fault_set(
                     fault,
                     "%s: the real run of the batch makes other bytes than when the study began (manifest "
                     "%.16s, not %.16s): start again with --restart",
                     study->folder, header->result, recorded);
}

static int take_run(struct subject_replay *replay, const struct trial_outcome *outcome, struct study *study,
                    struct fault *fault)
{
    struct subject_batch *batch = &replay->batch;
    const struct item_table *table = &outcome->table;
    struct replay_plan plan = {.items = table->items, .item = g_new0(struct replay_item, table->items + 1)};
    struct level level = find_level(replay, table);
    int result;

    if (replay_study_excess(study, &plan, fault)) {
        result = -1;
    } else if (batch->manifest_sha256) {
        result = check_manifest(batch->manifest_sha256, table->header, study, fault) ||
                 read_times(study, &plan, fault);
    } else {
        plan.init_ns = mean_init_ns(table);
        fill_times(replay, table, &level, &plan);
        result = record_reference(replay, outcome, &level, &plan, study, fault);
        batch->manifest_sha256 = study_get(study, "replay_manifest_sha256");
    }
    if (result == 0)
        result = write_files(replay, table, &plan, fault);
    g_free(plan.excess);
    g_free(plan.item);
    return result ? -1 : 0;
}

int subject_replay_reference(struct subject_replay *replay, struct study *study, struct fault *fault)
{
    struct trial_outcome outcome;
    int result;

    if (g_mkdir_with_parents(replay->folder, 0777))
        return fault_set(fault, "%s: %s: give another scratch folder with --out", replay->folder,
                         strerror(errno));
    if (compute(replay, &outcome, fault))
        return -1;
    result = take_run(replay, &outcome, study, fault);
    trial_outcome_release(&outcome);
    return result;
}
