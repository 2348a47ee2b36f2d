#include "harness/cli/run_shard.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#include "harness/console/message.h"
#include "pipeline/base/clock.h"
#include "pipeline/base/one_line.h"
#include "pipeline/images/output/store.h"
#include "pipeline/images/shards/shard_result.h"
#include "pipeline/images/shards/shard_split.h"

enum { JOURNALS_MOST = 64 };

/* --- the choice ------------------------------------------------------------------------------- */

/* Returns 0, or -1: not a decimal number up to most. */
static int number(const char *text, uint64_t most, uint64_t *value)
{
    char *end;

    errno = 0;
    *value = strtoull(text, &end, 10);
    return !isdigit((unsigned char)*text) || *end || errno || *value > most ? -1 : 0;
}

/* The scheduler's index, from 0. */
static int index_from_scheduler(uint64_t *index, struct fault *fault)
{
    static const char *const names[] = {"SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX"};
    const char *offset = getenv("KNEE_SHARD_OFFSET");
    uint64_t more = 0;

    if (offset && number(offset, SHARDS_MOST, &more))
        return fault_usage(fault, "KNEE_SHARD_OFFSET=%.40s: not a number up to %d", offset, SHARDS_MOST);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *text = getenv(names[i]);
        if (!text)
            continue;
        if (number(text, SHARDS_MOST, index))
            return fault_usage(fault, "%s=%.40s: not a number up to %d", names[i], text, SHARDS_MOST);
        *index += more;
        return 0;
    }
    return fault_usage(fault, "--shard auto: neither SLURM_ARRAY_TASK_ID nor JOB_COMPLETION_INDEX is set: "
                              "give the shard as I/K, such as --shard 1/8");
}

int run_shard_choose(struct run_shard_choice *choice, const char *text, struct fault *fault)
{
    char first[32];
    const char *slash = strchr(text, '/');
    size_t length = slash ? (size_t)(slash - text) : strlen(text);

    *choice = (struct run_shard_choice){.chosen = true};
    if (length < sizeof first)
        snprintf(first, sizeof first, "%.*s", (int)length, text);
    if (length >= sizeof first ||
        (slash && (number(slash + 1, SHARDS_MOST, &choice->shards) || !choice->shards)))
        return fault_usage(fault, "--shard %.60s: not I/K with K from 1 to %d, such as 1/8", text,
                           SHARDS_MOST);
    if (strcmp(first, "auto") == 0) {
        if (index_from_scheduler(&choice->number, fault))
            return -1;
        choice->number++;
    } else if (!slash || number(first, SHARDS_MOST, &choice->number)) {
        return fault_usage(fault, "--shard %.60s: not I/K, such as 1/8, nor auto", text);
    }
    if (choice->shards && (choice->number < 1 || choice->number > choice->shards))
        return fault_usage(fault,
                           "--shard %.60s: there is no shard %" PRIu64 " of %" PRIu64 ": give 1 to %" PRIu64,
                           text, choice->number, choice->shards, choice->shards);
    return 0;
}

/* --- the part --------------------------------------------------------------------------------- */

static int shards_of_plan(struct run_shard *shard, struct fault *fault)
{
    struct shard_plan plan;

    if (!shard_plan_exists(shard->out))
        return fault_set(fault,
                         "output folder %s: has no plan that says how many shards there are: give "
                         "--shard auto/K, or begin with 'knee submit'",
                         shard->out);
    if (shard_plan_read(shard->out, &plan, fault))
        return -1;
    shard->choice.shards = plan.shards;
    return shard->choice.number <= plan.shards
               ? 0
               : fault_set(fault,
                           "output folder %s: there is no shard %" PRIu64 " of %" PRIu64
                           ": the scheduler's index is beyond the plan",
                           shard->out, shard->choice.number, plan.shards);
}

int run_shard_cut(struct run_shard *shard, const struct run_shard_choice *choice, const char *out,
                  const struct recipe *recipe, struct batch *batch, struct fault *fault)
{
    uint64_t *first, number_, begin, count;

    *shard = (struct run_shard){.choice = *choice, .out = out};
    if (!choice->shards && shards_of_plan(shard, fault))
        return -1;
    first = calloc(shard->choice.shards + 1, sizeof *first);
    if (!first)
        return fault_sys(fault, "batch %s: no memory for the plan of its shards", batch->root);
    shard_plan_of(&shard->plan, recipe, batch, shard->choice.shards);
    shard_split(batch->bytes, batch->count, shard->choice.shards, first);
    number_ = shard->choice.number;
    begin = first[number_ - 1];
    count = first[number_] - begin;
    free(first);
    batch_keep_range(batch, begin, count);
    return shard_plan_check(out, &shard->plan, fault); /* also in a dry run */
}

/* --- the run ---------------------------------------------------------------------------------- */

/* A journal that no other process holds: two nodes may run one shard at the same time, when one of them is cut off and
 * its task was given to the other. Both do all of it, and the first to end writes the marker. */
static int choose_journal(struct run_shard *shard, struct fault *fault)
{
    uint64_t shard_number = shard->choice.number;

    for (int i = 1; i <= JOURNALS_MOST; i++) {
        char name[64], path[4096], behind[16] = "";
        int fd, free_;
        if (i > 1)
            snprintf(behind, sizeof behind, "-%d", i);
        snprintf(name, sizeof name, "%" PRIu64 ".journal%s", shard_number, behind);
        fd = open(shard_path(shard->out, name, path, sizeof path),
                  O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
        free_ = fd < 0 || flock(fd, LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK;
        if (fd >= 0)
            close(fd);
        if (!free_)
            continue;
        snprintf(shard->journal, sizeof shard->journal, "shards/%.40s", name);
        return 0;
    }
    return fault_set(fault,
                     "output folder %s: %d other runs of shard %" PRIu64 " are going on: wait for them",
                     shard->out, JOURNALS_MOST, shard_number);
}

/* Whether the marker stands; one whose shard is to be done again is removed. */
static int look_for_marker(struct run_shard *shard, bool redo, bool retry_failed, struct fault *fault)
{
    struct shard_reader reader;
    struct shard_result *result;
    char path[4096];

    if (!shard_is_done(shard->out, shard->choice.number))
        return 0;
    result = calloc(1, sizeof *result);
    if (!result)
        return fault_sys(fault, "output folder %s: no memory", shard->out);
    if (shard_reader_begin(&reader, shard->out, shard->choice.number, 4096, result, fault)) {
        free(result);
        return -1;
    }
    shard_reader_end(&reader);
    shard->done = !redo && !(retry_failed && result->outcome.failed);
    free(result);
    if (!shard->done && unlink(shard_marker(shard->out, shard->choice.number, path, sizeof path)))
        return fault_set(fault, "removing %s: %s", path, strerror(errno));
    return 0;
}

int run_shard_begin(struct run_shard *shard, bool redo, bool retry_failed, struct fault *fault)
{
    uint32_t owner;

    if (shard_plan_join(shard->out, &shard->plan, fault) || look_for_marker(shard, redo, retry_failed, fault))
        return -1;
    if (shard->done)
        return 0;
    if (getrandom(&owner, sizeof owner, GRND_NONBLOCK) != sizeof owner)
        owner = (uint32_t)clock_now_ns() ^ (uint32_t)getpid() << 16;
    store_set_owner(owner | 1);
    return choose_journal(shard, fault);
}

static const char *who(const struct run_shard *shard, char *text, size_t bytes)
{
    snprintf(text, bytes, "shard %" PRIu64 "/%" PRIu64, shard->choice.number, shard->choice.shards);
    return text;
}

int run_shard_libraries(const struct run_shard *shard, const char *libraries, struct fault *fault)
{
    char text[64];

    return shard_libraries_join(shard->out, libraries, who(shard, text, sizeof text), fault);
}

int run_shard_finish(const struct run_shard *shard, const struct recipe *recipe, const struct batch *batch,
                     const struct item_table *table, const char *libraries, enum rendition_list_form list,
                     struct fault *fault)
{
    struct shard_result *result = calloc(1, sizeof *result);
    char text[64];
    int failed;

    if (!result)
        return fault_sys(fault, "output folder %s: no memory", shard->out);
    result->plan = shard->plan;
    result->shard = shard->choice.number;
    result->list = list;
    snprintf(result->libraries, sizeof result->libraries, "%s", libraries);
    failed = shard_result_write(shard->out, result, recipe, batch, table, fault);
    if (!failed && !message_quiet)
        one_line_print("%s: %" PRIu64 " of %" PRIu64 " items done, %" PRIu64
                       " outputs; 'knee merge %s' when all shards are done",
                       who(shard, text, sizeof text), result->outcome.done, batch->count,
                       result->outcome.outputs, shard->out);
    free(result);
    return failed;
}

int run_shard_refuse(const char *out, struct fault *fault)
{
    return shard_plan_exists(out)
               ? fault_set(
                     fault,
                     "output folder %s: holds shards of a batch: end them with --shard and 'knee merge', "
                     "give another folder, or remove it",
                     out)
               : 0;
}
