/* knee report: the scaling curve and the report of a study.
 *
 * Separate programs draw (reports/report.py, reports/curve.gp); they read study.db and fit.json only. This command
 * finds them, makes fit.json when it is older than study.db, runs them, and gives each file its final name when it is
 * complete.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/cli/commands.h"
#include "harness/console/message.h"
#include "pipeline/base/fault.h"
#include "pipeline/base/paths.h"

#define PYTHON "/usr/bin/python3" /* Debian's own, the one that sees Debian's packages */

extern char **environ;

static struct {
    const char *pdf, *emulated, *replayed;
    bool curve_only;
} options;

static const struct option_spec table[] = {
    {.name = "pdf",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .target = &options.pdf,
     .help = "file of the report; default STUDY/report.pdf"},
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
    {.name = "curve",
     .kind = OPTION_FLAG,
     .target = &options.curve_only,
     .help = "draw the scaling curve only"},
    {.name = NULL},
};

/* --- other programs --------------------------------------------------------------------------- */

/* Runs argv. Its standard output is discarded and its messages go into `messages` (NUL-terminated, cut at `bytes`);
 * with messages NULL it inherits both streams. Returns its exit code, 128 plus the number of the signal that ended it,
 * or -1 with errno when it could not be started. */
static int run_program(char *const argv[], char *messages, size_t bytes)
{
    posix_spawn_file_actions_t actions;
    int ends[2] = {-1, -1}, error, status;
    size_t used = 0;
    pid_t pid;

    if (messages && pipe2(ends, O_CLOEXEC))
        return -1;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (messages) {
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    }
    error = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (messages) {
        char rest[512];
        ssize_t got = 0;
        close(ends[1]);
        while (!error && ((got = read(ends[0], rest, sizeof rest)) > 0 || (got < 0 && errno == EINTR)))
            /* The rest is read too, so that the program never waits. */
            for (ssize_t i = 0; i < got; i++)
                if (used + 1 < bytes)
                    messages[used++] = rest[i];
        messages[used] = '\0';
        close(ends[0]);
    }
    if (error) {
        errno = error;
        return -1;
    }
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* The first line that is not empty. */
static const char *first_line(char *text)
{
    char *line = text + strspn(text, " \t\r\n");
    line[strcspn(line, "\r\n")] = '\0';
    return *line ? line : "it gave no reason";
}

/* The study, and the study of emulated or replayed cores whose points are added; "" none. */
struct folders {
    char study[PATH_MAX], emulated[PATH_MAX];
};

/* reports/report.py prints its own error, in one line. */
static int run_reporter(const char *verb, const struct folders *folders, const char *path,
                        struct fault *fault)
{
    char script[PATH_MAX];
    char *emulated = folders->emulated[0] ? (char *)folders->emulated : NULL;
    int code;

    paths_data("reports/report.py", script, sizeof script);
    if (access(script, R_OK))
        return fault_set(fault,
                         "%s cannot be read (%s): install knee again, or point KNEE_DATA at its shared files",
                         script, strerror(errno));
    /* -B: no cache files next to the scripts; -E: the user's PYTHON* variables do not change the report */
    code = run_program((char *[]){PYTHON, "-B", "-E", script, (char *)verb, (char *)folders->study,
                                  (char *)path, emulated, NULL},
                       NULL, 0);
    if (code == -1)
        return fault_set(fault,
                         PYTHON " cannot be run (%s): install the Debian package python3, or run 'make deps'",
                         strerror(errno));
    if (code == 1)
        return fault_reported(fault);
    return code ? fault_set(fault, "%s ended with code %d: see its message above", script, code) : 0;
}

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

/* Is fit.json missing, or older than the last trial? Trials may still be in the write-ahead log of SQLite. */
static bool needs_fit(const char *folder)
{
    static const char *const records[] = {"study.db", "study.db-wal"};
    char path[PATH_MAX + 16];
    struct stat fit, record;

    snprintf(path, sizeof path, "%s/fit.json", folder);
    if (stat(path, &fit))
        return true;
    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, records[i]);
        if (stat(path, &record) == 0 && record.st_size > 0 && is_newer(&record, &fit))
            return true;
    }
    return false;
}

static int fit(const char *folder, struct fault *fault)
{
    char self[PATH_MAX];
    int code;

    if (!paths_self(self, sizeof self))
        return fault_set(fault, "the path of this program is not known: run 'knee fit %s' first", folder);
    code = run_program((char *[]){self, "fit", "--quiet", (char *)folder, NULL}, NULL, 0);
    if (code == -1)
        return fault_set(fault, "%s cannot be run (%s)", self, strerror(errno));
    return code ? fault_reported(fault) : 0;
}

/* --- drawing ---------------------------------------------------------------------------------- */

struct picture {
    char path[PATH_MAX + 16], temporary[PATH_MAX + 48]; /* final name, and name while it is drawn */
};

static void name_picture(struct picture *picture, const char *folder, const char *name)
{
    snprintf(picture->path, sizeof picture->path, "%s/%s", folder, name);
    snprintf(picture->temporary, sizeof picture->temporary, "%s.%d.tmp", picture->path, (int)getpid());
}

static int run_gnuplot(const struct picture *data, const struct picture *svg, const struct picture *png,
                       struct fault *fault)
{
    char script[PATH_MAX], messages[2000];
    struct stat drawn;
    int code;

    paths_data("reports/curve.gp", script, sizeof script);
    code = run_program((char *[]){"gnuplot", "-c", script, (char *)data->temporary, (char *)svg->temporary,
                                  (char *)png->temporary, NULL},
                       messages, sizeof messages);
    if (code == -1 && errno == ENOENT)
        return fault_set(fault,
                         "gnuplot is missing: install the Debian package gnuplot-nox, or run 'make deps'");
    if (code == -1)
        return fault_set(fault, "gnuplot cannot be run (%s)", strerror(errno));
    if (code || stat(svg->temporary, &drawn) || drawn.st_size == 0 || stat(png->temporary, &drawn) ||
        drawn.st_size == 0)
        return fault_set(fault, "gnuplot could not draw %s (code %d): %s", svg->path, code,
                         first_line(messages));
    return 0;
}

/* Replaces curve.dat, curve.svg and curve.png, all or none of them. */
static int draw_curve(const struct folders *folders, struct fault *fault)
{
    static const char *const names[] = {"curve.dat", "curve.svg", "curve.png"};
    struct picture pictures[3];
    int result;

    for (size_t i = 0; i < 3; i++)
        name_picture(&pictures[i], folders->study, names[i]);
    result = run_reporter("curve-data", folders, pictures[0].temporary, fault);
    if (result == 0)
        result = run_gnuplot(&pictures[0], &pictures[1], &pictures[2], fault);
    for (size_t i = 0; i < 3 && result == 0; i++)
        if (rename(pictures[i].temporary, pictures[i].path))
            result = fault_sys(fault, "%s cannot be written (%s)", pictures[i].path, strerror(errno));
    for (size_t i = 0; i < 3 && result; i++)
        unlink(pictures[i].temporary);
    if (result == 0)
        printf("curve   %s\n        %s\n", pictures[1].path, pictures[2].path);
    return result;
}

static int draw_pages(const struct folders *folders, struct fault *fault)
{
    char path[PATH_MAX + 16];

    snprintf(path, sizeof path, "%s", options.pdf ? options.pdf : "");
    if (!options.pdf)
        snprintf(path, sizeof path, "%s/report.pdf", folders->study);
    if (run_reporter("pdf", folders, path, fault))
        return -1;
    printf("report  %s\n", path);
    fflush(stdout); /* the findings are printed by another program */
    return run_reporter("summary", folders, "-", fault);
}

/* Finds a study's folder and makes its fit.json when that is missing or old. */
static int open_study(const char *operand, char *folder, size_t bytes, struct fault *fault)
{
    if (find_folder(operand, folder, bytes, fault))
        return -1;
    return needs_fit(folder) ? fit(folder, fault) : 0;
}

static int check(const struct arguments *arguments, struct fault *fault)
{
    (void)arguments;
    if (options.emulated && options.replayed)
        return fault_usage(fault, "--emulated and --replayed: the report shows one of them");
    return options.curve_only && options.pdf
               ? fault_usage(fault, "--pdf and --curve exclude each other: leave one out")
               : 0;
}

static int run(const struct arguments *arguments, struct fault *fault)
{
    struct folders folders = {.emulated = ""};
    const char *other = options.emulated ? options.emulated : options.replayed;

    if (open_study(arguments->operands[0], folders.study, sizeof folders.study, fault) ||
        (other && open_study(other, folders.emulated, sizeof folders.emulated, fault)) ||
        draw_curve(&folders, fault))
        return -1;
    return options.curve_only ? 0 : draw_pages(&folders, fault);
}

const struct subcommand cmd_report = {
    .name = "report",
    .summary = "draw the scaling curve and the report of a study",
    .usage = "[options] STUDY",
    .details =
        "STUDY is the folder of a study, or its study.db. Makes fit.json first ('knee fit') when it is "
        "missing or\n"
        "older than the study. Written into the study's folder:\n"
        "  curve.svg, curve.png  speedup and efficiency against workers; curve.dat has their numbers\n"
        "  report.pdf            A4 pages: summary; curve, models and knee; sizes and chunks; evidence\n"
        "Needs gnuplot-nox, python3-matplotlib and python3-numpy ('make deps').\n",
    .table = table,
    .least = 1,
    .most = 1,
    .check = check,
    .run = run,
};
