/* knee synthetic: runs a synthetic batch with known costs by real workers; prints measured and expected wall time. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cli/commands.h"
#include "harness/cli/pool_arguments.h"
#include "harness/cli/remedies.h"
#include "harness/machine/emulation/emulate_run.h"
#include "harness/trial/run_hooks.h"
#include "pipeline/base/clock.h"
#include "pipeline/pool/pool.h"
#include "pipeline/synthetic/synthetic.h"
#include "pipeline/synthetic/synthetic_expected.h"
#include "pipeline/synthetic/synthetic_workload.h"

static struct {
    struct pool_arguments pool;
} options = {.pool = {POOL_ARGUMENTS_DEFAULTS, .workers = 1, .sandbox = SANDBOX_OFF}};

static const struct option_spec table[] = {
    POOL_ARGUMENTS_TABLE(options.pool, "1",
                         "fresh (default): each worker runs the initializer; zygote: the parent does", "off"),
    {.name = NULL}};

static struct synthetic_spec spec;

/* Everything a run holds; released in one place. */
struct synthetic_run {
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

static void write_life(FILE *file, uint32_t slot, const struct worker_record *worker,
                       const struct worker_payload *payload)
{
    fprintf(file,
            "{\"worker\":%" PRIu32
            ",\"phase\":\"life\",\"start\":%.9f,\"end\":%.9f,\"begin\":%.9f,\"go\":%.9f",
            slot, (double)worker->fork_ns / 1e9, (double)worker->loop_end_ns / 1e9,
            (double)worker->begin_ns / 1e9, (double)worker->go_ns / 1e9);
    if (payload->runqueue_known)
        fprintf(file, ",\"queued\":%.9f", (double)payload->runqueue_ns / 1e9);
    fputs("}\n", file);
}

/* For a sweep: the spans of docs/formats.md. Times are those of the emulated
 * machine. */
static int write_spans(const struct synthetic_run *run, struct fault *fault)
{
    const char *path = getenv("KNEE_SPANS");
    FILE *file = path && *path ? fopen(path, "we") : NULL;

    if (!path || !*path)
        return 0;
    if (!file)
        return fault_sys(fault, "KNEE_SPANS=%s: cannot be written", path);
    for (uint32_t w = 0; w < options.pool.workers; w++) {
        const struct worker_record *worker = item_table_worker(&run->table, w);
        const struct worker_payload *payload = item_table_worker_payload(&run->table, w);
        write_life(file, w, worker, payload);
        if (worker->init_end_ns)
            fprintf(file, "{\"worker\":%" PRIu32 ",\"phase\":\"init\",\"start\":%.9f,\"end\":%.9f}\n", w,
                    (double)worker->init_begin_ns / 1e9, (double)worker->init_end_ns / 1e9);
    }
    for (uint64_t i = 0; i < spec.items; i++) {
        const struct item_record *item = item_table_item(&run->table, i);
        fprintf(file,
                "{\"worker\":%" PRIu32 ",\"item\":\"item-%06" PRIu64
                "\",\"claim\":%.9f,\"start\":%.9f,\"end\":%.9f,\"bytes\":%" PRIu64 ",\"cpu\":%.9f}\n",
                item->worker, i, (double)item->claim_ns / 1e9, (double)item->start_ns / 1e9,
                (double)item->end_ns / 1e9, item->bytes_in, (double)item->cpu_ns / 1e9);
    }
    return fclose(file) ? fault_sys(fault, "KNEE_SPANS=%s: cannot be written", path) : 0;
}

static int prepare(struct synthetic_run *run, struct fault *fault)
{
    const struct pool_arguments *pool = &options.pool;

    if (sandbox_prepare(&run->sandbox, (enum sandbox_mode)pool->sandbox, fault) ||
        run_hooks_init(&run->hooks, pool->pin_list, NULL, fault) ||
        item_table_create(&run->table, -1, spec.items, 0, (uint32_t)pool->workers,
                          sizeof(struct worker_payload), fault) ||
        synthetic_workload_init(&run->work, &spec, (uint32_t)pool->workers, fault))
        return -1;
    if (!pool->emulate)
        return 0;
    if (emulate_run_begin(&run->emulation, (uint32_t)pool->emulate, (uint32_t)pool->workers, fault))
        return -1;
    run->hooks.emulation = &run->emulation;
    run->work.wait_factor = run->emulation.groups.dilation;
    return 0;
}

/* CPU time of the items divided by their emulated wall time: 1 when items compute and every CPU share was held. */
static void print_held(const struct synthetic_run *run)
{
    double cpu_ns = 0, taken_ns = 0;

    if (!options.pool.emulate || spec.kind == SYNTHETIC_WAIT || spec.io_ns || spec.lock_ns)
        return;
    for (uint64_t i = 0; i < spec.items; i++) {
        const struct item_record *item = item_table_item(&run->table, i);
        cpu_ns += (double)item->cpu_ns;
        taken_ns += (double)(item->end_ns - item->start_ns);
    }
    if (taken_ns > 0)
        printf("held       %.4f of the items' CPU shares\n", cpu_ns / taken_ns);
}

static void print_outcome(const struct synthetic_run *run)
{
    const struct item_table_header *header = run->table.header;
    double dilation = run->emulation.groups.dilation > 0 ? run->emulation.groups.dilation : 1;
    double wall = (double)(header->end_ns - header->start_ns) / 1e9;
    struct synthetic_pool_part none = {0}, pool = measure_pool(run);
    double expected = expected_s(&none);
    double whole = expected_s(&pool);

    printf("workers    %" PRIu64 ", chunk %" PRIu64 ", %s%s\n", options.pool.workers, options.pool.chunk,
           chunk_policy_name((enum chunk_policy)options.pool.policy),
           options.pool.emulate ? ", emulated cores" : "");
    if (options.pool.emulate)
        printf("dilation   %.3f: each of %" PRIu64 " cores is %.1f%% of a real one\n", dilation,
               options.pool.emulate, 100 / dilation);
    printf("measured   %.6f s\n", wall);
    for (uint32_t slot = 0; options.pool.emulate && slot < options.pool.workers; slot++) {
        const struct worker_payload *payload = item_table_worker_payload(&run->table, slot);
        if (payload->pin_reason[0])
            printf("void       %s\n", payload->pin_reason);
    }
    if (isnan(expected) || isnan(whole))
        printf("expected   unknown: no memory for the simulation\n");
    else
        printf("expected   %.6f s\nforks      %.6f s more: start and end of processes, as measured\nratio    "
               "  %.4f\n",
               expected, whole - expected, wall / whole);
    print_held(run);
}

/* An item fails when it takes longer than --item-timeout or its worker dies. */
static uint64_t count_failed(const struct item_table *items)
{
    uint64_t failed = 0;

    for (uint64_t i = 0; i < items->items; i++)
        failed += atomic_load_explicit(&item_table_item(items, i)->state, memory_order_acquire) != ITEM_DONE;
    return failed;
}

/* Returns an exit code, or -1 with fault. */
static int do_run(struct synthetic_run *run, struct fault *fault)
{
    struct pool_options pool = {.hooks = &run->hooks.hooks, .sandbox = &run->sandbox};
    uint32_t order[POOL_MAX_WORKERS];
    enum pool_result result;
    int signal_number = 0;
    uint64_t failed;

    pool_arguments_fill(&options.pool, &pool, order);
    if (prepare(run, fault))
        return -1;
    run->table.header->start_ns = clock_now_ns();
    synthetic_workload_serial(&run->work);
    result = pool_run(&run->work.workload, &pool, &run->table, &signal_number, fault);
    run->table.header->end_ns = clock_now_ns();
    if (options.pool.emulate)
        emulate_run_end(&run->emulation, &run->table);
    if (result == POOL_INTERRUPTED)
        return KNEE_INTERRUPTED + signal_number;
    if (result != POOL_OK || write_spans(run, fault))
        return -1;
    failed = count_failed(&run->table);
    if (failed)
        return fault_set(fault,
                         "%" PRIu64 " of %" PRIu64
                         " items failed: a worker died, or an item took longer than " REMEDY_ITEM_TIMEOUT
                         " allows",
                         failed, spec.items);
    print_outcome(run);
    return KNEE_OK;
}

static int check(const struct arguments *arguments, struct fault *fault)
{
    pool_arguments_complete(&options.pool);
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
    run_hooks_release(&run.hooks);
    item_table_close(&run.table);
    return code;
}

const struct subcommand cmd_synthetic = {
    .name = "synthetic",
    .alias = "model",
    .summary = "run a synthetic batch with known costs by real workers",
    .usage = "[options] 'WORD ...'",
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
        "  seed=1                     seed of the costs\n"
        "Prints measured and expected wall time, and the ratio of measured to expected with forks. With\n"
        "KNEE_SPANS it writes spans, so that 'knee sweep -- knee synthetic -j {workers} \"...\"' measures "
        "a\n"
        "program whose scaling is known.\n"
        "exit codes: 0 done, 1 failed, 2 usage, 130 or 143 interrupted\n",
    .table = table,
    .least = 1,
    .most = 1,
    .check = check,
    .run = run,
};
