/* knee synthetic: runs a synthetic batch with known costs by real workers; prints measured and expected wall time. */
#include <glib.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cli/commands.h"
#include "harness/cli/pool_arguments.h"
#include "harness/cli/remedies.h"
#include "harness/fit/fit_json.h"
#include "harness/machine/emulation/emulate_run.h"
#include "harness/trial/run_hooks.h"
#include "harness/trial/spans_write.h"
#include "pipeline/base/clock.h"
#include "pipeline/pool/pool.h"
#include "pipeline/replay/replay_workload.h"
#include "pipeline/synthetic/synthetic.h"
#include "pipeline/synthetic/synthetic_expected.h"
#include "pipeline/synthetic/synthetic_workload.h"

static struct {
    struct pool_arguments pool;
    const char *replay;
    bool json;
} options = {.pool = {POOL_ARGUMENTS_DEFAULTS, .workers = 1, .sandbox = SANDBOX_OFF}};

static const struct option_spec table[] = {
    POOL_ARGUMENTS_TABLE(options.pool, "1",
                         "fresh (default): each worker runs the initializer; zygote: the parent does", "none",
                         "off"),
    {.name = "replay",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .target = &options.replay,
     .help = "instead of WORDs: items wait as long as FILE of 'knee sweep --replay' says"},
    {.name = "json", .kind = OPTION_FLAG, .target = &options.json, .help = "print JSON instead of lines"},
    OPTION_QUIET,
    OPTION_VERBOSE,
    {.name = NULL}};

static struct synthetic_spec spec;

/* Everything a run holds; released in one place. */
struct synthetic_run {
    const struct workload *workload;
    struct replay_workload replay;
    uint64_t late_ns; /* of a replay: its start took that much more than the prefix */
    struct synthetic_workload work;
    struct item_table table;
    struct run_hooks hooks;
    struct emulate_run emulation;
    struct sandbox sandbox;
};

/* What the pool took, as measured. */
static struct synthetic_pool_part measure_pool(const struct synthetic_run *run)
{
    const struct item_table_header *header = run->table.header;
    struct synthetic_pool_part part = {.end_s = (double)(header->end_ns - header->last_end_ns) / 1e9};
    uint32_t workers = run->table.workers;

    for (uint32_t slot = 0; slot < workers; slot++) {
        const struct worker_record *worker = item_table_worker(&run->table, slot);
        part.begin_s += (double)(worker->begin_ns - worker->fork_ns) / 1e9 / workers;
        if (slot + 1 == workers && workers > 1)
            part.fork_s =
                (double)(worker->fork_ns - item_table_worker(&run->table, 0)->fork_ns) / 1e9 / (workers - 1);
    }
    return part;
}

static double expected_s(const struct synthetic_pool_part *part)
{
    return synthetic_expected_s(&spec, (uint32_t)options.pool.workers, options.pool.chunk,
                                (enum chunk_policy)options.pool.policy, part);
}

/* What the items do: they are synthetic, or wait for the times of a replay. */
static int open_work(struct synthetic_run *run, struct fault *fault)
{
    uint32_t workers = (uint32_t)options.pool.workers;

    run->workload = options.replay ? &run->replay.workload : &run->work.workload;
    return options.replay ? replay_workload_open(&run->replay, options.replay, workers, fault)
                          : synthetic_workload_init(&run->work, &spec, workers, fault);
}

static int prepare(struct synthetic_run *run, struct fault *fault)
{
    const struct pool_arguments *pool = &options.pool;

    if (sandbox_prepare(&run->sandbox, (enum sandbox_mode)pool->sandbox, fault) ||
        run_hooks_init(&run->hooks, pool->pin_list, NULL, fault) || open_work(run, fault) ||
        item_table_create(&run->table, -1, run->workload->items, 0, (uint32_t)pool->workers,
                          sizeof(struct worker_payload), fault))
        return -1;
    if (!pool->emulate) {
        emulate_groups_remove_stale();
        return 0;
    }
    if (emulate_run_begin(&run->emulation, (uint32_t)pool->emulate, (uint32_t)pool->workers, fault))
        return -1;
    run->hooks.emulation = &run->emulation;
    run->work.wait_factor = run->emulation.groups.dilation;
    return 0;
}

/* CPU time of the items divided by their emulated wall time: 1 when items compute and every CPU share was held. NaN
 * where it means nothing. */
static double held_share(const struct synthetic_run *run)
{
    double cpu_ns = 0, taken_ns = 0;

    if (!options.pool.emulate || spec.kind == SYNTHETIC_WAIT || spec.io_ns || spec.lock_ns)
        return NAN;
    for (uint64_t i = 0; i < spec.items; i++) {
        const struct item_record *item = item_table_item(&run->table, i);
        cpu_ns += (double)item->cpu_ns;
        taken_ns += (double)(item->end_ns - item->start_ns);
    }
    return taken_ns > 0 ? cpu_ns / taken_ns : NAN;
}

/* Of a run; NaN: not known, or of emulated cores only. */
struct outcome {
    double measured_s, expected_s, whole_s; /* whole: with what forks take, as measured */
    double dilation, held;
};

static struct outcome outcome_of(const struct synthetic_run *run)
{
    const struct item_table_header *header = run->table.header;
    struct synthetic_pool_part none = {0}, pool = measure_pool(run);

    return (struct outcome){.measured_s = (double)(header->end_ns - header->start_ns) / 1e9,
                            .expected_s = expected_s(&none),
                            .whole_s = expected_s(&pool),
                            .dilation =
                                run->emulation.groups.dilation > 0 ? run->emulation.groups.dilation : 1,
                            .held = held_share(run)};
}

/* Why the worker of a slot was not where its emulated core is; NULL: it was. */
static const char *void_reason(const struct synthetic_run *run, uint32_t slot)
{
    const struct worker_payload *payload = item_table_worker_payload(&run->table, slot);

    return options.pool.emulate && payload->pin_reason[0] ? payload->pin_reason : NULL;
}

static void print_lines(const struct synthetic_run *run, const struct outcome *outcome)
{
    printf("workers    %" PRIu64 ", chunk %" PRIu64 ", %s%s\n", options.pool.workers, options.pool.chunk,
           chunk_policy_name((enum chunk_policy)options.pool.policy),
           options.pool.emulate ? ", emulated cores" : "");
    if (options.pool.emulate)
        printf("dilation   %.3f: each of %" PRIu64 " cores is %.1f%% of a real one\n", outcome->dilation,
               options.pool.emulate, 100 / outcome->dilation);
    printf("measured   %.6f s\n", outcome->measured_s);
    for (uint32_t slot = 0; slot < options.pool.workers; slot++)
        if (void_reason(run, slot))
            printf("void       %s\n", void_reason(run, slot));
    if (isnan(outcome->expected_s) || isnan(outcome->whole_s))
        printf("expected   unknown: no memory for the simulation\n");
    else
        printf("expected   %.6f s\nforks      %.6f s more: start and end of processes, as measured\nratio    "
               "  %.4f\n",
               outcome->expected_s, outcome->whole_s - outcome->expected_s,
               outcome->measured_s / outcome->whole_s);
    if (!isnan(outcome->held))
        printf("held       %.4f of the items' CPU shares\n", outcome->held);
}

static void print_json(const struct synthetic_run *run, const struct outcome *outcome)
{
    json_t *object = json_object(), *reasons = json_array();

    fit_json_put(object, "format", json_string("knee-synthetic 1"));
    fit_json_put(object, "workers", json_integer((json_int_t)options.pool.workers));
    fit_json_put(object, "chunk", json_integer((json_int_t)options.pool.chunk));
    fit_json_put(object, "policy", json_string(chunk_policy_name((enum chunk_policy)options.pool.policy)));
    fit_json_put(object, "emulated_cores",
                 options.pool.emulate ? json_integer((json_int_t)options.pool.emulate) : json_null());
    fit_json_put(object, "dilation", fit_json_number(outcome->dilation));
    fit_json_put(object, "measured_s", fit_json_number(outcome->measured_s));
    fit_json_put(object, "expected_s", fit_json_number(outcome->expected_s));
    fit_json_put(object, "forks_s", fit_json_number(outcome->whole_s - outcome->expected_s));
    fit_json_put(object, "ratio", fit_json_number(outcome->measured_s / outcome->whole_s));
    fit_json_put(object, "held", fit_json_number(outcome->held));
    for (uint32_t slot = 0; slot < options.pool.workers; slot++)
        if (void_reason(run, slot))
            fit_json_append(reasons, fit_json_text(void_reason(run, slot)));
    fit_json_put(object, "void_reasons", reasons);
    fit_json_print(object, stdout);
    json_decref(object);
}

static void print_outcome(const struct synthetic_run *run)
{
    struct outcome outcome = outcome_of(run);

    if (options.json)
        print_json(run, &outcome);
    else
        print_lines(run, &outcome);
}

/* Of a replay nothing is expected here: knee validate compares it. */
static void print_replayed(const struct synthetic_run *run)
{
    const struct item_table_header *header = run->table.header;
    json_t *object;

    if (!options.json) {
        printf("workers    %" PRIu64 ", times are replayed: items waited instead of computing\n",
               options.pool.workers);
        return;
    }
    object = json_object();
    fit_json_put(object, "format", json_string("knee-synthetic 1"));
    fit_json_put(object, "workers", json_integer((json_int_t)options.pool.workers));
    fit_json_put(object, "replay", fit_json_text(options.replay));
    fit_json_put(object, "measured_s", fit_json_number((double)(header->end_ns - header->start_ns) / 1e9));
    fit_json_print(object, stdout);
    json_decref(object);
}

/* An item fails when it takes longer than --item-timeout or its worker dies. */
static uint64_t count_failed(const struct item_table *items)
{
    uint64_t failed = 0;

    for (uint64_t i = 0; i < items->items; i++)
        failed += atomic_load_explicit(&item_table_item(items, i)->state, memory_order_acquire) != ITEM_DONE;
    return failed;
}

/* When this program was started: as the sweep says, or now. */
static uint64_t begin_of_run(void)
{
    const char *text = getenv("KNEE_BEGIN");
    uint64_t now_ns = clock_now_ns(), begin_ns = text ? strtoull(text, NULL, 10) : 0;

    return begin_ns && begin_ns < now_ns && now_ns - begin_ns < 10000000000u ? begin_ns : now_ns;
}

/* The serial part of a replay contains the start of the program that is replayed: that of this program is taken off it,
 * before the workers, and what is left of it after them. */
static void wait_serial(struct synthetic_run *run, bool before)
{
    const struct replay_plan *plan = &run->replay.plan;
    uint64_t now_ns = clock_now_ns(), due_ns;

    if (before) {
        due_ns = begin_of_run() + plan->prefix_ns;
        run->late_ns = now_ns > due_ns ? now_ns - due_ns : 0;
    } else {
        due_ns = now_ns + plan->suffix_ns - MIN(plan->suffix_ns, run->late_ns);
    }
    replay_wait_until(due_ns);
}

static void do_serial(struct synthetic_run *run, bool before)
{
    if (options.replay)
        wait_serial(run, before);
    else if (before)
        synthetic_workload_serial(&run->work);
}

static int write_spans(struct synthetic_run *run, struct fault *fault)
{
    return spans_write(&run->table, options.replay ? replay_workload_name : NULL, &run->replay, fault);
}

/* Returns an exit code, or -1 with fault. */
static int do_run(struct synthetic_run *run, struct fault *fault)
{
    struct pool_options pool = {.hooks = &run->hooks.hooks, .sandbox = &run->sandbox};
    uint32_t order[POOL_MAX_WORKERS];
    enum pool_result result;
    int signal_number = 0;
    uint64_t failed;

    pool_arguments_fill(&options.pool, 0, &pool, order);
    if (prepare(run, fault))
        return -1;
    run->table.header->start_ns = clock_now_ns();
    do_serial(run, true);
    result = pool_run(run->workload, &pool, &run->table, &signal_number, fault);
    do_serial(run, false);
    run->table.header->end_ns = clock_now_ns();
    if (options.pool.emulate)
        emulate_run_end(&run->emulation, &run->table);
    if (result == POOL_INTERRUPTED)
        return KNEE_INTERRUPTED + signal_number;
    if (result != POOL_OK || write_spans(run, fault)) /* times of the emulated machine */
        return -1;
    failed = count_failed(&run->table);
    if (failed)
        return fault_set(fault,
                         "%" PRIu64 " of %" PRIu64
                         " items failed: a worker died, or an item took longer than " REMEDY_ITEM_TIMEOUT
                         " allows",
                         failed, run->table.items);
    if (options.replay)
        print_replayed(run);
    else
        print_outcome(run);
    return KNEE_OK;
}

static int check(const struct arguments *arguments, struct fault *fault)
{
    pool_arguments_complete(&options.pool);
    if ((options.replay != NULL) == (arguments->count == 1) || (options.replay && options.pool.emulate))
        return fault_usage(fault, "%s: usage: knee synthetic %s",
                           !options.replay        ? "operand missing"
                           : options.pool.emulate ? "--replay and --emulate together"
                                                  : "WORDs and --replay together",
                           cmd_synthetic.usage);
    if (options.replay)
        return 0;
    if (synthetic_parse(&spec, arguments->operands[0], fault))
        return fault_is_usage(fault);
    if (options.pool.start == POOL_START_ZYGOTE) { /* the initializer is part of the serial prefix */
        spec.serial_ns = synthetic_serial_ns(&spec) + spec.init_ns;
        spec.serial_share = 0;
        spec.init_ns = 0;
    }
    return 0;
}

static int run(const struct arguments *arguments, struct fault *fault)
{
    struct synthetic_run run = {.table = {.fd = -1}};
    int code;

    (void)arguments;
    code = do_run(&run, fault);
    remedies_add(fault);
    emulate_run_close(&run.emulation);
    sandbox_release(&run.sandbox);
    synthetic_workload_release(&run.work);
    replay_workload_close(&run.replay);
    run_hooks_release(&run.hooks);
    item_table_close(&run.table);
    return code;
}

const struct subcommand cmd_synthetic = {
    .name = "synthetic",
    .alias = "model",
    .summary = "run a synthetic batch with known costs by real workers",
    .usage = "[options] 'WORD ...' | [options] --replay FILE",
    .details =
        "Words, separated by blanks, describe the batch; a part without a word has no effect:\n"
        "  items=256 cost=20ms | lognormal(20ms,0.6) | uniform(10ms,30ms)   number and cost of items\n"
        "  kind=wait|spin|stream      an item sleeps, computes, or streams memory\n"
        "  serial=2%                  serial prefix: a share of the one-worker time, or a duration\n"
        "  init=15ms                  time of the initializer of each worker\n"
        "  contention=0.3%            with n workers every item takes 1 + c (n - 1) times as long\n"
        "  lock=1ms                   part of each item, before its cost, holding one lock of all workers\n"
        "  last=400ms                 cost of the last item\n"
        "  io=5ms                     a wait before each item, without CPU time, in addition to its cost\n"
        "  size=3MB | uniform(1MB,9MB)  size of each item's input\n"
        "  slow=200us                 extra computing time for each MB and each worker after the first\n"
        "  touch=64MB buffer=16MB     lines of memory read and changed at random, in a buffer of a worker\n"
        "  seed=1                     seed of the costs\n"
        "Prints measured and expected wall time, and the ratio of measured to expected with forks. With\n"
        "KNEE_SPANS it writes spans, so that 'knee sweep -- knee synthetic -j {workers} \"...\"' measures "
        "a\n"
        "program whose scaling is known.\n"
        "exit codes: 0 done, 1 failed, 2 usage, 130 or 143 interrupted\n",
    .table = table,
    .most = 1,
    .check = check,
    .run = run,
};
