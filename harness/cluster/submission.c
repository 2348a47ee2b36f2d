#include "harness/cluster/submission.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <glib/gstdio.h>

#include "harness/cluster/local_run.h"
#include "harness/cluster/shard_arrays.h"
#include "harness/cluster/slurm.h"
#include "pipeline/base/clock.h"
#include "pipeline/base/plain_file.h"
#include "pipeline/images/output/whole_file.h"
#include "pipeline/images/shards/shard_plan.h"
#include "pipeline/images/shards/shard_split.h"

static const char heading[] = "knee-submission 1";

/* --- the script -------------------------------------------------------------------------------- */

static void add_word(GString *text, const char *word)
{
    char *quoted = g_shell_quote(word);

    g_string_append_printf(text, " %s", quoted);
    g_free(quoted);
}

char *submission_script(const struct submission *submission)
{
    const struct submission_options *options = submission->options;
    const struct shard_size *size = &submission->size;
    char folder[4096], *quoted;
    GString *text = g_string_new(NULL);

    g_string_append(
        text, "#!/bin/sh\n#SBATCH --job-name=knee\n#SBATCH --nodes=1 --exclusive\n"
              "#SBATCH --requeue --open-mode=append\n"
              "# Written by 'knee submit'. The index is one of its array; $1 is the offset of the array.\n");
    quoted = g_shell_quote(shard_path(options->out, "", folder, sizeof folder));
    g_string_append_printf(text, "shards=%" PRIu64 "\nfolder=%s", size->shards, quoted);
    g_free(quoted);
    g_string_append_printf(text,
                           "\ntask=$((SLURM_ARRAY_TASK_ID + ${1:-0}))\n"
                           "shard=$((task * %" PRIu64 " + 1))\nlast=$((shard + %" PRIu64 "))\n"
                           "[ \"$last\" -le \"$shards\" ] || last=$shards\n"
                           "[ -e \"$folder/submission\" ] || {\n"
                           "    echo \"$(hostname): $folder is not there: the output folder has to be shared "
                           "by all nodes\" >&2\n"
                           "    exit 1\n}\n"
                           "run=\ntrap 'kill -TERM $run; wait $run; exit 143' TERM\n"
                           "failed=0\n"
                           "while [ \"$shard\" -le \"$last\" ]; do\n"
                           "    if [ ! -e \"$folder/$shard.done\" ]; then\n       ",
                           size->per_task, size->per_task - 1);
    add_word(text, options->knee);
    g_string_append(text, " run --quiet --shard \"$shard/$shards\"");
    for (char *const *word = options->run_words; word && *word; word++)
        add_word(text, *word);
    add_word(text, "--");
    add_word(text, options->in);
    add_word(text, options->out);
    g_string_append(text, " &\n        run=$!\n        wait \"$run\" || failed=$?\n    fi\n"
                          "    shard=$((shard + 1))\ndone\nexit \"$failed\"\n");
    return g_string_free(text, FALSE);
}

static void add_option(GPtrArray *words, const char *option, const char *value)
{
    if (value)
        g_ptr_array_add(words, g_strconcat(option, value, NULL));
}

char **submission_words(const struct submission_options *options)
{
    GPtrArray *words = g_ptr_array_new();
    GString *folder = g_string_new(NULL);
    char path[4096];

    g_string_append(folder, shard_path(options->out, "logs", path, sizeof path));
    g_string_replace(folder, "%", "%%", 0); /* sbatch has places like %A in it */
    g_string_append(folder, "/%A_%a.log");
    add_option(words, "--output=", folder->str);
    add_option(words, "--time=", options->time);
    add_option(words, "--mem=", options->memory);
    for (char *const *word = options->slurm; word && *word; word++)
        g_ptr_array_add(words, g_strdup(*word));
    g_ptr_array_add(words, NULL);
    g_string_free(folder, TRUE);
    return (char **)g_ptr_array_free(words, FALSE);
}

/* --- files ------------------------------------------------------------------------------------- */

static int write_file(const char *out, const char *name, const char *text, struct fault *fault)
{
    struct whole_file whole;
    char folder[4096];

    if (whole_file_begin(&whole, shard_path(out, "", folder, sizeof folder), name, fault))
        return -1;
    fputs(text, whole.file);
    return whole_file_end(&whole, fault);
}

static int write_state(const struct submission *submission, struct fault *fault)
{
    const struct shard_size *size = &submission->size;
    char *text =
        g_strdup_printf("%s\nshards\t%" PRIu64 "\nper_task\t%" PRIu64 "\njobs\t%s\n"
                        "begun_ns\t%" PRIu64 "\n",
                        heading, size->shards, size->per_task, submission->jobs->str, submission->begun_ns);
    int failed = write_file(submission->options->out, "submission", text, fault);

    g_free(text);
    return failed;
}

int submission_write(struct submission *submission, const struct submission_options *options,
                     struct fault *fault)
{
    char folder[4096], *script;
    int failed;

    submission->options = options;
    if (!submission->begun_ns)
        submission->begun_ns = clock_epoch_ns();
    if (!submission->jobs)
        submission->jobs = g_string_new(NULL);
    shard_path(options->out, "logs", folder, sizeof folder);
    if (g_mkdir_with_parents(folder, 0777))
        return fault_set(fault, "%s: %s: give an output folder that can be written", folder, strerror(errno));
    script = submission_script(submission);
    failed = write_file(options->out, "task.sh", script, fault) || write_state(submission, fault);
    g_free(script);
    submission->done = calloc(submission->size.shards, sizeof *submission->done);
    if (!failed && !submission->done)
        failed = fault_sys(fault, "output folder %s: no memory for its shards", options->out);
    return failed ? -1 : 0;
}

static int take_line(struct submission *submission, char *line)
{
    char *value = strchr(line, '\t');

    if (!value)
        return strcmp(line, heading) == 0 || !*line ? 0 : -1;
    *value++ = '\0';
    if (strcmp(line, "shards") == 0)
        submission->size.shards = strtoull(value, NULL, 10);
    else if (strcmp(line, "per_task") == 0)
        submission->size.per_task = strtoull(value, NULL, 10);
    else if (strcmp(line, "begun_ns") == 0)
        submission->begun_ns = strtoull(value, NULL, 10);
    else if (strcmp(line, "jobs") == 0)
        g_string_assign(submission->jobs, strspn(value, "0123456789,") == strlen(value) ? value : "");
    else
        return -1;
    return 0;
}

int submission_read(struct submission *submission, const struct submission_options *options,
                    struct fault *fault)
{
    struct shard_size *size = &submission->size;
    char path[4096], *text, **lines;
    const char *why;
    size_t bytes;
    int failed = 0;

    *submission = (struct submission){.options = options, .jobs = g_string_new(NULL)};
    shard_path(options->out, "submission", path, sizeof path);
    if (g_access(path, F_OK) && errno == ENOENT)
        return 0;
    text = plain_file_read(path, PLAIN_FILE_TEXT, &bytes, &why);
    if (!text)
        return fault_set(fault, "%s: %s", path, why);
    lines = g_strsplit(text, "\n", -1);
    for (int i = 0; lines[i] && !failed; i++)
        failed = take_line(submission, lines[i]);
    g_strfreev(lines);
    g_free(text);
    if (failed || !size->per_task || !size->shards || size->shards > SHARDS_MOST ||
        size->per_task > size->shards)
        return fault_set(fault, "%s: damaged: remove it, and submit again", path);
    size->tasks = (size->shards + size->per_task - 1) / size->per_task;
    size->shard_s = NAN;
    return 1;
}

/* `knee run` knows what its options choose. */
int submission_check(const struct submission *submission, struct fault *fault)
{
    const struct submission_options *options = submission->options;
    char *shard = g_strdup_printf("--shard=1/%" PRIu64, submission->size.shards), *said, *error;
    const char *const own[] = {"--quiet", "--dry-run", shard, NULL};
    int code = local_run(
        &(struct local_run){options->knee, options->run_words, own, options->in, options->out}, &said);

    if (code != 0) {
        error = said ? strstr(said, "error: ") : NULL;
        fault_set(fault, "%s", error ? g_strchomp(error + strlen("error: ")) : "knee run gave no reason");
    }
    g_free(shard);
    g_free(said);
    return code == 0 ? 0 : -1;
}

/* --- tasks ------------------------------------------------------------------------------------- */

void submission_look(struct submission *submission)
{
    char folder[4096];
    DIR *list = opendir(shard_path(submission->options->out, "", folder, sizeof folder));
    const struct dirent *entry;

    if (!list)
        return;
    memset(submission->done, 0, submission->size.shards * sizeof *submission->done);
    submission->done_count = 0;
    while ((entry = readdir(list)) != NULL) {
        char *end;
        uint64_t shard = strtoull(entry->d_name, &end, 10);
        if (end == entry->d_name || strcmp(end, ".done") != 0 || !shard || shard > submission->size.shards ||
            submission->done[shard - 1])
            continue;
        submission->done[shard - 1] = true;
        submission->done_count++;
    }
    closedir(list);
}

/* Returns 0, or -1 with fault; what was submitted before that is noted. */
static int send_arrays(struct submission *submission, char *const *words, const GArray *arrays,
                       struct fault *fault)
{
    char script[4096], (*jobs)[SLURM_JOB_BYTES] = g_malloc0_n(arrays->len, sizeof *jobs);
    int failed = 0;

    shard_path(submission->options->out, "task.sh", script, sizeof script);
    for (guint i = 0; i < arrays->len && !failed; i++) {
        const struct shard_array *planned = &g_array_index(arrays, struct shard_array, i);
        struct slurm_array array = {.script = script,
                                    .words = words,
                                    .indices = planned->indices,
                                    .offset = planned->first,
                                    .at_once = planned->at_once,
                                    .after =
                                        planned->after == SHARD_ARRAYS_NONE ? NULL : jobs[planned->after]};
        failed = slurm_submit(&array, jobs[i], fault);
        if (failed)
            break;
        g_string_append_printf(submission->jobs, "%s%s", submission->jobs->len ? "," : "", jobs[i]);
        failed = write_state(submission, fault);
    }
    g_free(jobs);
    return failed ? -1 : 0;
}

int submission_send(struct submission *submission, uint64_t index_most, struct fault *fault)
{
    char **words = submission_words(submission->options);
    GArray *arrays =
        shard_arrays(&submission->size, submission->done, index_most + 1, submission->options->nodes);
    int result;

    g_string_truncate(submission->jobs, 0);
    result = send_arrays(submission, words, arrays, fault);
    g_array_unref(arrays);
    g_strfreev(words);
    return result;
}

/* --- what tasks have said ---------------------------------------------------------------------- */

/* The newest file of the folder; false: none. */
static bool newest(const char *folder, char *path, size_t bytes)
{
    DIR *list = opendir(folder);
    const struct dirent *entry;
    time_t last = -1;

    while (list && (entry = readdir(list)) != NULL) {
        char candidate[4096];
        struct stat status;
        snprintf(candidate, sizeof candidate, "%s/%s", folder, entry->d_name);
        if (stat(candidate, &status) || !S_ISREG(status.st_mode) || !status.st_size || status.st_mtime < last)
            continue;
        last = status.st_mtime;
        snprintf(path, bytes, "%s", candidate);
    }
    if (list)
        closedir(list);
    return last >= 0;
}

char *submission_last_words(const struct submission *submission, char *text, size_t bytes)
{
    char folder[4096], path[4096], *log;
    const char *why, *line;
    size_t length;

    *text = '\0';
    shard_path(submission->options->out, "logs", folder, sizeof folder);
    if (!newest(folder, path, sizeof path))
        return text;
    log = plain_file_read(path, PLAIN_FILE_TEXT, &length, &why);
    if (!log)
        return text;
    g_strchomp(log);
    line = strrchr(log, '\n');
    snprintf(text, bytes, "%s", line ? line + 1 : log);
    g_free(log);
    return text;
}

void submission_release(struct submission *submission)
{
    if (submission->jobs)
        g_string_free(submission->jobs, TRUE);
    free(submission->done);
    *submission = (struct submission){0};
}
