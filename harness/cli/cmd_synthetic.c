/* knee synthetic: a made-up batch whose truth is known, by real workers; what came out beside what had to. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cli/commands.h"
#include "harness/console/message.h"
#include "harness/machine/emulation/emulate_run.h"
#include "pipeline/synthetic/synthetic_expected.h"
#include "harness/trial/run_hooks.h"
#include "pipeline/base/clock.h"
#include "pipeline/pool/pool.h"
#include "pipeline/synthetic/synthetic.h"
#include "pipeline/synthetic/synthetic_workload.h"

struct settings {
    uint64_t workers, chunk, cores;
    int policy;
    const char *pin_list, *text;
};

struct synthetic_run {
    struct settings set;
    struct synthetic_spec spec;
    struct synthetic_workload work;
    struct item_table table;
    struct run_hooks hooks;
    struct emulate_run emulation;
};

static enum options_result read_options(struct settings *set, int argc, char **argv)
{
    static const char *const policies[] = {"static", "dynamic", "guided", "largest-first", NULL};
    const struct option_spec table[] = {
        {.name = "workers",
         .letter = 'j',
         .argument = "N",
         .kind = OPTION_COUNT,
         .target = &set->workers,
         .min = 1,
         .max = POOL_MAX_WORKERS,
         .help = "worker processes; default 1"},
        {.name = "chunk",
         .letter = 'c',
         .argument = "N",
         .kind = OPTION_COUNT,
         .target = &set->chunk,
         .min = 1,
         .max = 1000000000,
         .help = "items a worker claims at once; default 1"},
        {.name = "policy",
         .letter = 'p',
         .argument = "NAME",
         .kind = OPTION_CHOICE,
         .target = &set->policy,
         .choices = policies,
         .help = "static, dynamic, guided or largest-first; default dynamic"},
        {.name = "pin",
         .argument = "CPUS",
         .kind = OPTION_TEXT,
         .target = &set->pin_list,
         .help = "bind workers to these CPUs in turn, as 0,2,4-7; default none"},
        {.name = "emulate",
         .argument = "CORES",
         .kind = OPTION_COUNT,
         .target = &set->cores,
         .min = 1,
         .max = POOL_MAX_WORKERS,
         .help = "give each worker a share of a real core, as if there were so many"},
        {.name = NULL}};
    char **operands;
    int count;
    enum options_result result = options_parse(&cmd_synthetic, table, argc, argv, 1, 1, &operands, &count);

    if (result == OPTIONS_GO)
        set->text = operands[0];
    return result;
}

/* As measured. */
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

static double truth_s(const struct synthetic_run *run, const struct synthetic_pool_part *part)
{
    return synthetic_expected_s(&run->spec, (uint32_t)run->set.workers, run->set.chunk,
                                (enum chunk_policy)run->set.policy, part);
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
    for (uint32_t w = 0; w < run->set.workers; w++) {
        const struct worker_record *worker = item_table_worker(&run->table, w);
        const struct worker_payload *payload = item_table_worker_payload(&run->table, w);
        write_life(file, w, worker, payload);
        if (worker->init_end_ns)
            fprintf(file, "{\"worker\":%" PRIu32 ",\"phase\":\"init\",\"start\":%.9f,\"end\":%.9f}\n", w,
                    (double)worker->init_begin_ns / 1e9, (double)worker->init_end_ns / 1e9);
    }
    for (uint64_t i = 0; i < run->spec.items; i++) {
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
    struct settings *set = &run->set;

    if (run_hooks_init(&run->hooks, set->pin_list, NULL, fault) ||
        item_table_create(&run->table, -1, run->spec.items, 0, (uint32_t)set->workers,
                          sizeof(struct worker_payload), fault) ||
        synthetic_workload_init(&run->work, &run->spec, (uint32_t)set->workers, fault))
        return -1;
    if (!set->cores)
        return 0;
    if (emulate_run_begin(&run->emulation, (uint32_t)set->cores, (uint32_t)set->workers, fault))
        return -1;
    run->hooks.emulation = &run->emulation;
    run->work.wait_factor = run->emulation.groups.dilation;
    return 0;
}

/* CPU time of the items over the emulated time that they took: 1 when items compute and every share was held. */
static void print_held(const struct synthetic_run *run)
{
    double cpu_ns = 0, taken_ns = 0;

    if (!run->set.cores || run->spec.kind == SYNTHETIC_WAIT || run->spec.io_ns || run->spec.lock_ns)
        return;
    for (uint64_t i = 0; i < run->spec.items; i++) {
        const struct item_record *item = item_table_item(&run->table, i);
        cpu_ns += (double)item->cpu_ns;
        taken_ns += (double)(item->end_ns - item->start_ns);
    }
    if (taken_ns > 0)
        printf("held       %.4f of what the items' shares come to\n", cpu_ns / taken_ns);
}

static void print_outcome(const struct synthetic_run *run)
{
    const struct item_table_header *header = run->table.header;
    double dilation = run->emulation.groups.dilation > 0 ? run->emulation.groups.dilation : 1;
    double wall = (double)(header->end_ns - header->start_ns) / 1e9;
    struct synthetic_pool_part none = {0}, pool = measure_pool(run);
    double expected = truth_s(run, &none);
    double whole = truth_s(run, &pool);

    printf("workers    %" PRIu64 ", chunk %" PRIu64 ", %s%s\n", run->set.workers, run->set.chunk,
           chunk_policy_name((enum chunk_policy)run->set.policy), run->set.cores ? ", emulated cores" : "");
    if (run->set.cores)
        printf("dilation   %.3f: each of %" PRIu64 " cores is %.1f%% of a real one\n", dilation,
               run->set.cores, 100 / dilation);
    printf("measured   %.6f s\n", wall);
    for (uint32_t slot = 0; run->set.cores && slot < run->set.workers; slot++) {
        const struct worker_payload *payload = item_table_worker_payload(&run->table, slot);
        if (payload->pin_reason[0])
            printf("void       %s\n", payload->pin_reason);
    }
    if (isnan(expected) || isnan(whole))
        printf("expected   unknown: no memory to work it out\n");
    else
        printf("expected   %.6f s\nforks      %.6f s more: start and end of processes, as measured\nratio    "
               "  %.4f\n",
               expected, whole - expected, wall / whole);
    print_held(run);
}

static int do_run(struct synthetic_run *run, struct fault *fault)
{
    struct pool_options options = {.workers = (uint32_t)run->set.workers,
                                   .chunk = run->set.chunk,
                                   .policy = (enum chunk_policy)run->set.policy,
                                   .hooks = &run->hooks.hooks};
    enum pool_result result;
    int signal_number = 0;

    if (prepare(run, fault))
        return KNEE_FAILED;
    run->table.header->start_ns = clock_now_ns();
    synthetic_workload_serial(&run->work);
    result = pool_run(&run->work.workload, &options, &run->table, &signal_number, fault);
    run->table.header->end_ns = clock_now_ns();
    if (run->set.cores)
        emulate_run_end(&run->emulation, &run->table);
    if (result == POOL_INTERRUPTED)
        return KNEE_INTERRUPTED + signal_number;
    if (result != POOL_OK || write_spans(run, fault))
        return KNEE_FAILED;
    print_outcome(run);
    return KNEE_OK;
}

static int run_synthetic(int argc, char **argv)
{
    struct synthetic_run run = {.set = {.workers = 1, .chunk = 1, .policy = POLICY_DYNAMIC},
                                .table = {.fd = -1}};
    struct fault fault = {0};
    int code;

    switch (read_options(&run.set, argc, argv)) {
    case OPTIONS_HELP:
        return KNEE_OK;
    case OPTIONS_USAGE:
        return KNEE_USAGE;
    case OPTIONS_GO:
        break;
    }
    if (synthetic_parse(&run.spec, run.set.text, &fault)) {
        message_error("%s", fault.text);
        return KNEE_USAGE;
    }
    code = do_run(&run, &fault);
    if (code == KNEE_FAILED)
        message_error("%s", fault.text);
    emulate_run_close(&run.emulation);
    synthetic_workload_release(&run.work);
    run_hooks_release(&run.hooks);
    item_table_close(&run.table);
    return code;
}

const struct subcommand cmd_synthetic = {
    .name = "synthetic",
    .alias = "model",
    .summary = "a made-up batch whose truth is known, by real workers",
    .usage = "[options] 'WORD ...'",
    .details =
        "Words, parted by blanks, tell the batch; what is not said has no effect:\n"
        "  items=256 cost=20ms | lognormal(20ms,0.6) | uniform(10ms,30ms)   how many, and what each takes\n"
        "  kind=wait|spin|stream      sleep, compute, or stream memory for that long\n"
        "  serial=2%                  serial prefix: a share of the one-worker time, or a duration\n"
        "  init=15ms                  initializer of every worker\n"
        "  contention=0.3%            with n workers every item takes 1 + c (n - 1) times as long\n"
        "  lock=1ms                   part of each item, before its cost, under one lock of all\n"
        "  last=400ms                 cost of the last item\n"
        "  io=5ms                     a wait before each item that uses no CPU, besides its cost\n"
        "  size=3MB | uniform(1MB,9MB)  of each item's input\n"
        "  slow=200us                 what an item computes longer for each MB and each worker but one\n"
        "  seed=1                     of the costs\n"
        "Prints the time it took, the time it must take, and the ratio to that with the forks. With\n"
        "KNEE_SPANS it tells its items, so that 'knee sweep -- knee synthetic -j {workers} \"...\"' measures "
        "a\n"
        "program whose scaling is known.\n"
        "exit codes: 0 done, 1 failed, 2 usage, 130 or 143 interrupted\n",
    .run = run_synthetic};
