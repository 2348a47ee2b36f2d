/* knee report: the scaling curve and the report of a study.
 *
 * Separate programs draw (reports/report.py, reports/curve.gp); they read study.db and fit.json only. This command
 * finds them, makes fit.json when it is older than what it is made of, runs them, and gives each file its final name
 * when it is complete.
 */
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/cli/commands.h"
#include "harness/cli/fit_others.h"
#include "harness/cli/report_curve.h"
#include "harness/console/run_program.h"
#include "harness/console/message.h"
#include "harness/study/study_counts.h"
#include "pipeline/base/fault.h"
#include "pipeline/base/paths.h"
#include "pipeline/base/plain_file.h"

static struct {
    const char *pdf, *html, *json, *emulated, *replayed, *compared, *currency;
    double core_hour_price, core_watts; /* NAN: not given */
    bool curve_only, terminal;
} options = {.core_hour_price = NAN, .core_watts = NAN};

static const struct option_spec table[] = {
    {.name = "pdf",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .target = &options.pdf,
     .help = "file of the report; default STUDY/report.pdf"},
    {.name = "html",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .target = &options.html,
     .help = "file of the web page; default STUDY/report.html"},
    {.name = "json",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .target = &options.json,
     .help = "file of the numbers; default STUDY/report.json"},
    {.name = "core-hour-price",
     .argument = "PRICE",
     .kind = OPTION_REAL,
     .target = &options.core_hour_price,
     .real_min = 0,
     .real_max = 1e9,
     .help = "price of a core for an hour: adds the price of a million items"},
    {.name = "currency",
     .argument = "WORD",
     .kind = OPTION_TEXT,
     .target = &options.currency,
     .help = "currency of that price; default EUR"},
    {.name = "core-watts",
     .argument = "WATTS",
     .kind = OPTION_REAL,
     .target = &options.core_watts,
     .real_min = 0,
     .real_max = 1e6,
     .help = "power of a core at work: adds the energy of a million items"},
    {.name = "emulated",
     .argument = "STUDY",
     .kind = OPTION_TEXT,
     .target = &options.emulated,
     .help = "add the points of this study of emulated cores"},
    {.name = "replayed",
     .argument = "STUDY",
     .kind = OPTION_TEXT,
     .target = &options.replayed,
     .help = "add what the whole batch does on more cores: a replay of this study"},
    {.name = "compared",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .target = &options.compared,
     .help = "add other programs on the same pictures: compare.json of 'make compare'"},
    {.name = "curve",
     .kind = OPTION_FLAG,
     .target = &options.curve_only,
     .help = "draw the scaling curve only"},
    {.name = "terminal",
     .kind = OPTION_FLAG,
     .target = &options.terminal,
     .help = "print the scaling curve here, with letters, and write no file but fit.json"},
    OPTION_QUIET,
    OPTION_VERBOSE,
    {.name = NULL},
};

/* --- the study -------------------------------------------------------------------------------- */

/* The study's folder from its folder or its study.db. */
static int find_folder(const char *operand, char *folder, size_t bytes, struct fault *fault)
{
    char database[PATH_MAX + 16];
    struct stat info;

    snprintf(folder, bytes, "%s", operand);
    if (stat(operand, &info))
        return fault_set(fault, "%s: %s: give the folder of a study that 'knee sweep' made", operand,
                         strerror(errno));
    if (!S_ISDIR(info.st_mode)) {
        char *slash = strrchr(folder, '/');
        if (strcmp(slash ? slash + 1 : folder, "study.db") != 0)
            return fault_set(fault, "%s is not a study: give its folder or its study.db", operand);
        if (slash)
            slash[slash == folder] = '\0';
        else
            snprintf(folder, bytes, ".");
    }
    for (size_t n = strlen(folder); n > 1 && folder[n - 1] == '/'; n--)
        folder[n - 1] = '\0';
    snprintf(database, sizeof database, "%s/study.db", folder);
    if (access(database, R_OK))
        return fault_set(fault, "%s: %s: give the folder of a study that 'knee sweep' made", database,
                         strerror(errno));
    return 0;
}

static bool is_newer(const struct stat *a, const struct stat *b)
{
    return a->st_mtim.tv_sec != b->st_mtim.tv_sec ? a->st_mtim.tv_sec > b->st_mtim.tv_sec
                                                  : a->st_mtim.tv_nsec > b->st_mtim.tv_nsec;
}

/* Is fit.json of a folder older than the last trial of a study? Trials may still be in the write-ahead log of
 * SQLite. */
static bool is_older(const struct stat *fit, const char *study)
{
    static const char *const records[] = {"study.db", "study.db-wal"};
    char path[PATH_MAX + 16];
    struct stat record;

    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", study, records[i]);
        if (stat(path, &record) == 0 && record.st_size > 0 && is_newer(&record, fit))
            return true;
    }
    return false;
}

static bool are_same(const char *one, const char *other)
{
    struct stat a, b;

    return stat(one, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev && a.st_ino == b.st_ino;
}

/* Is fit.json missing, or older than what it is made of, or compared with other studies than those that the report
 * shows? Without such studies it may be compared with any. */
static bool needs_fit(const struct report_folders *folders)
{
    const char *shown[WAYS] = {[WAY_REPLAYED] = folders->replayed, [WAY_EMULATED] = folders->emulated};
    bool any = folders->replayed[0] || folders->emulated[0], needed;
    char path[PATH_MAX + 16];
    struct fit_others others;
    struct stat fit;

    snprintf(path, sizeof path, "%s/fit.json", folders->study);
    if (stat(path, &fit))
        return true;
    fit_others_recall(&others, folders->study);
    needed = is_older(&fit, folders->study);
    for (int way = 0; way < WAYS && !needed; way++) {
        const char *compared = others.path[way];
        if (any && shown[way])
            needed = shown[way][0] ? !compared || !are_same(compared, shown[way]) : compared != NULL;
        needed = needed || (compared && is_older(&fit, compared));
    }
    fit_others_release(&others);
    return needed;
}

static int fit(const struct report_folders *folders, struct fault *fault)
{
    char self[PATH_MAX], *arguments[9] = {self, "fit", "--quiet"}; /* four words of others, the study, NULL */
    int count = 3, code;

    if (!paths_self(self, sizeof self))
        return fault_set(fault, "the path of this program is not known: run 'knee fit %s' first",
                         folders->study);
    if (folders->replayed[0])
        arguments[count++] = "--replayed", arguments[count++] = (char *)folders->replayed;
    if (folders->emulated[0])
        arguments[count++] = "--emulated", arguments[count++] = (char *)folders->emulated;
    arguments[count] = (char *)folders->study;
    code = run_program(arguments, NULL, 0);
    if (code == -1)
        return fault_set(fault, "%s cannot be run (%s)", self, strerror(errno));
    return code ? fault_reported(fault) : 0;
}

/* --- drawing ---------------------------------------------------------------------------------- */

/* A device or FIFO would be gone, replaced by the file. */
static int check_target(const char *path, struct fault *fault)
{
    return plain_file_may_be_opened(path)
               ? 0
               : fault_set(fault, "%s cannot be written: it is not a regular file: remove it", path);
}

/* The file that an option names, else `name` in the study's folder. */
static const char *file_of(const char *option, const char *folder, const char *name, char *path, size_t bytes)
{
    if (option)
        return option;
    snprintf(path, bytes, "%s/%s", folder, name);
    return path;
}

/* The report as PDF, web page and numbers; the key findings. */
static int draw_pages(const struct report_folders *folders, struct fault *fault)
{
    char pdf[PATH_MAX + 16], html[PATH_MAX + 16], json[PATH_MAX + 16], compared[PATH_MAX + 16];
    char price[64], watts[64], currency[64];
    const char *words[REPORTER_WORDS_MOST] = {
        "pages", folders->study, file_of(options.pdf, folders->study, "report.pdf", pdf, sizeof pdf),
        file_of(options.html, folders->study, "report.html", html, sizeof html),
        file_of(options.json, folders->study, "report.json", json, sizeof json)};
    size_t count = 5;

    if (!isnan(options.core_hour_price)) {
        snprintf(price, sizeof price, "core-hour-price=%.17g", options.core_hour_price);
        words[count++] = price;
    }
    if (!isnan(options.core_watts)) {
        snprintf(watts, sizeof watts, "core-watts=%.17g", options.core_watts);
        words[count++] = watts;
    }
    if (options.currency) {
        snprintf(currency, sizeof currency, "currency=%s", options.currency);
        words[count++] = currency;
    }
    if (options.compared) {
        snprintf(compared, sizeof compared, "compared=%s", options.compared);
        words[count++] = compared;
    }
    if (check_target(words[2], fault) || check_target(words[3], fault) || check_target(words[4], fault))
        return -1;
    fflush(stdout); /* another program prints the rest */
    return reporter_run(folders, words, count, fault);
}

/* Finds the folder of a replayed or emulated study, and makes its fit.json when that is missing or old. */
static int open_other(const char *operand, char *folder, size_t bytes, struct fault *fault)
{
    struct report_folders other = {.replayed = ""};

    if (!operand)
        return 0;
    if (find_folder(operand, other.study, sizeof other.study, fault))
        return -1;
    snprintf(folder, bytes, "%s", other.study);
    return needs_fit(&other) ? fit(&other, fault) : 0;
}

static int open_studies(const char *operand, struct report_folders *folders, struct fault *fault)
{
    if (find_folder(operand, folders->study, sizeof folders->study, fault) ||
        open_other(options.replayed, folders->replayed, sizeof folders->replayed, fault) ||
        open_other(options.emulated, folders->emulated, sizeof folders->emulated, fault))
        return -1;
    /* Where no trial counts nothing can be fitted, and the report says so. */
    return study_has_curve(folders->study) && needs_fit(folders) ? fit(folders, fault) : 0;
}

static int check(const struct arguments *arguments, struct fault *fault)
{
    (void)arguments;
    if (options.curve_only && (options.pdf || options.html || options.json))
        return fault_usage(fault, "--%s and --curve exclude each other: leave one out",
                           options.pdf    ? "pdf"
                           : options.html ? "html"
                                          : "json");
    if (options.terminal && (options.curve_only || options.pdf || options.html || options.json))
        return fault_usage(fault, "--terminal writes no files: leave --curve, --pdf, --html and --json out");
    if (options.currency && (!options.currency[0] || strlen(options.currency) > 8))
        return fault_usage(fault, "--currency '%s': give a word of 1 to 8 bytes, such as EUR",
                           options.currency);
    return 0;
}

static int run(const struct arguments *arguments, struct fault *fault)
{
    struct report_folders folders = {.emulated = ""};

    if (open_studies(arguments->operands[0], &folders, fault))
        return -1;
    if (options.terminal)
        return report_curve_print(&folders, fault);
    if (report_curve_draw(&folders, fault))
        return -1;
    return options.curve_only ? 0 : draw_pages(&folders, fault);
}

const struct subcommand cmd_report = {
    .name = "report",
    .summary = "draw the scaling curve and the report of a study",
    .usage = "[options] STUDY",
    .details =
        "STUDY is the folder of a study, or its study.db. Makes fit.json first ('knee fit') when it is "
        "missing,\n"
        "older than the study, or not compared with the studies of the options. Written into the study's "
        "folder:\n"
        "  curve.svg, curve.png, curve.pdf  speedup and efficiency against workers, with every trial;\n"
        "                        curve.dat has their numbers\n"
        "  report.pdf            A4 pages: summary; curve, models and knee; sizes and chunks; evidence\n"
        "  report.html           the same to explore, in one file that needs no network\n"
        "  report.json           every number of both, with an id\n"
        "Needs gnuplot-nox, python3-matplotlib, python3-numpy and python3-pikepdf ('make deps').\n",
    .table = table,
    .least = 1,
    .most = 1,
    .check = check,
    .run = run,
};
