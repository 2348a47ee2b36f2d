#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cli/commands.h"
#include "harness/cli/predict_nodes.h"
#include "harness/console/message.h"
#include "harness/console/prediction_print.h"
#include "harness/fit/fit_hiccups.h"
#include "harness/fit/fit_json.h"
#include "harness/fit/prediction.h"
#include "harness/machine/machine_words.h"
#include "harness/machine/topology.h"
#include "harness/study/study_read.h"

static struct {
    uint64_t cores, items, nodes;
    const char *memory, *serial_grows, *serial_from, *machine;
    bool json;
} options;

static const struct option_spec table[] = {
    {.name = "cores",
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = &options.cores,
     .min = 1,
     .max = 4096,
     .help = "cores of the machine (as in the study)"},
    {.name = "machine",
     .argument = "WORDS",
     .kind = OPTION_TEXT,
     .target = &options.machine,
     .help = "its caches: a file of lstopo, or words: cores=16 sharing=8 l3=32MiB channels=8"},
    {.name = "nodes",
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = &options.nodes,
     .min = 1,
     .max = 100000,
     .help = "that many machines, by 'knee submit': time, cost and shards of the batch"},
    {.name = "memory",
     .argument = "SIZE",
     .kind = OPTION_TEXT,
     .target = &options.memory,
     .help = "its memory, such as 32G or 900M (unlimited)"},
    {.name = "items",
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = &options.items,
     .min = 1,
     .max = 10000000,
     .help = "number of items, similar to those of the study (as in the study)"},
    {.name = "serial-grows",
     .argument = "HOW",
     .kind = OPTION_TEXT,
     .target = &options.serial_grows,
     .help = "serial parts with other items: 'fixed', or growing as 'items' (not known)"},
    {.name = "serial-from",
     .argument = "STUDY",
     .kind = OPTION_TEXT,
     .target = &options.serial_from,
     .help = "learn that from a study with other items, or with --weak"},
    {.name = "json", .kind = OPTION_FLAG, .target = &options.json, .help = "print JSON instead of a table"},
    OPTION_QUIET,
    OPTION_VERBOSE,
    {.name = NULL}};

static double memory_bytes; /* of --memory; 0 when not given */
static struct machine_words machine;
static enum predict_serial_grows serial_grows;

/* "32G", "32GiB", "900M", plain bytes; powers of 1024. Returns 0, or -1 with fault. */
static int parse_memory(const char *text, double *bytes, struct fault *fault)
{
    static const char units[] = "KMGT";
    char *end;
    double value = strtod(text, &end);
    const char *unit = *end ? strchr(units, *end) : NULL;

    if (unit) {
        value *= pow(1024, (double)(unit - units) + 1);
        end += end[1] == 'i' && end[2] == 'B' ? 3 : end[1] == 'B' ? 2 : 1;
    }
    if (end == text || *end || !(value >= 1) || !isfinite(value))
        return fault_usage(fault, "--memory %s: give a size such as 32G or 900M", text);
    *bytes = value;
    return 0;
}

static int print(const struct prediction *prediction)
{
    json_t *json;
    int status;

    if (!options.json) {
        prediction_print(prediction, stdout);
        return KNEE_OK;
    }
    json = prediction_json(prediction);
    status = fit_json_print(json, stdout);
    json_decref(json);
    return status ? KNEE_FAILED : KNEE_OK;
}

static int print_model(const struct prediction_model *prediction)
{
    json_t *json;
    int status;

    if (!options.json) {
        prediction_print_model(prediction, stdout);
        return KNEE_OK;
    }
    json = prediction_model_json(prediction);
    status = fit_json_print(json, stdout);
    json_decref(json);
    return status ? KNEE_FAILED : KNEE_OK;
}

static int check(const struct arguments *arguments, struct fault *fault)
{
    (void)arguments;
    serial_grows = !options.serial_grows                        ? SERIAL_UNSTATED
                   : strcmp(options.serial_grows, "fixed") == 0 ? SERIAL_FIXED
                                                                : SERIAL_ITEMS;
    if (serial_grows == SERIAL_ITEMS && strcmp(options.serial_grows, "items") != 0)
        return fault_usage(fault, "--serial-grows %s: give fixed or items", options.serial_grows);
    if (options.serial_grows && options.serial_from)
        return fault_usage(fault, "--serial-grows states what --serial-from learns: give one of them");
    if (options.machine && machine_words_parse(options.machine, &machine, fault))
        return -1;
    if (machine.cores && options.cores && machine.cores != options.cores)
        return fault_usage(fault, "--cores %u and --machine with %u cores: give one of them",
                           (unsigned)options.cores, machine.cores);
    return options.memory ? parse_memory(options.memory, &memory_bytes, fault) : 0;
}

/* The machine asked for over that of the study; what one of them does not say is taken as alike. */
static struct contention_machine compare_machines(const struct study_data *study)
{
    const char *xml = study_data_fact(study, "topology_xml");
    struct contention_machine compared = {1, 1, machine.sharing};
    struct topology here;
    struct fault fault = {0};

    if (machine.channels)
        compared.traffic =
            (double)machine.channels / (machine.here_channels ? machine.here_channels : machine.channels);
    if (machine.channels && !machine.here_channels)
        message_warning(
            "--machine: channels=%u counts only together with here-channels, those of the study's machine",
            machine.channels);
    if (!(machine.l3_bytes > 0) || !xml || xml[0] != '<' || topology_load(&here, xml, &fault))
        return compared;
    if (here.l3_bytes)
        compared.footprint = machine.l3_bytes / (double)here.l3_bytes;
    topology_release(&here);
    return compared;
}

/* A study and its account, or nothing at all for no operand. */
struct source {
    char *folder;
    struct study_data study;
    struct fit_account account;
};

static int open_source(const char *operand, struct source *source, struct fault *fault)
{
    GArray *hiccups;

    if (!operand)
        return 0;
    if (study_read(operand, &source->study, &source->folder, fault))
        return -1;
    hiccups = fit_hiccups_find(&source->study);
    fit_hiccups_mark(&source->study, hiccups);
    for (unsigned i = 0; i < hiccups->len; i++)
        message_warning("%s: far too slow, kept out: %s", source->study.name,
                        g_array_index(hiccups, struct fit_hiccup, i).reason);
    g_array_free(hiccups, TRUE);
    return fit_account_make(&source->study, &source->account, fault);
}

static void close_source(struct source *source)
{
    g_free(source->folder);
    fit_account_release(&source->account);
    study_data_release(&source->study);
}

static int predict_items(const struct source *source, const struct predict_request *request,
                         struct fault *fault)
{
    struct prediction prediction = {0};
    int code = prediction_make(&source->account, request, &prediction, fault) ? -1 : print(&prediction);

    prediction_release(&prediction);
    return code;
}

static int predict_model(const struct source *source, const struct predict_request *request,
                         struct fault *fault)
{
    struct prediction_model prediction;
    int code;

    if (prediction_model_make(&source->account, request, &prediction, fault))
        return -1;
    code = print_model(&prediction);
    prediction_model_release(&prediction);
    return code;
}

static int predict_shards(const struct source *source, const struct predict_request *request,
                          struct fault *fault)
{
    if (prediction_is_of_model(&source->account))
        return fault_set(fault,
                         "%s: --nodes needs the times of single items: give a study of images, or of a "
                         "command with spans, on one machine",
                         source->study.name);
    return predict_nodes(&source->account, request, (unsigned)options.nodes, options.json, fault);
}

static int run(const struct arguments *arguments, struct fault *fault)
{
    struct source source = {0}, other = {0};
    struct predict_request request = {.cores = options.cores ? (unsigned)options.cores : machine.cores,
                                      .items = options.items,
                                      .memory_bytes = memory_bytes,
                                      .serial_grows = serial_grows,
                                      .other = options.serial_from ? &other.account : NULL};
    int code = -1;

    if (open_source(arguments->operands[0], &source, fault) == 0 &&
        open_source(options.serial_from, &other, fault) == 0) {
        if (options.machine)
            request.machine = compare_machines(&source.study);
        code = options.nodes                             ? predict_shards(&source, &request, fault)
               : prediction_is_of_model(&source.account) ? predict_model(&source, &request, fault)
                                                         : predict_items(&source, &request, fault);
    }
    close_source(&other);
    close_source(&source);
    return code;
}

const struct subcommand cmd_predict = {
    .name = "predict",
    .summary = "predict times and the best cell for another machine or batch",
    .usage = "[options] STUDY",
    .details = "STUDY is the folder of a study with one-worker trials. The pool is simulated with the costs "
               "of its items.\n"
               "With --machine also 'channels=8 here-channels=2': memory channels there, and where STUDY was "
               "measured.\n"
               "Every measured cell is predicted too, without its own trials, to show the error of the "
               "prediction.\n"
               "A study without items (a command without spans) is predicted from its fitted model.\n",
    .table = table,
    .least = 1,
    .most = 1,
    .check = check,
    .run = run,
};
