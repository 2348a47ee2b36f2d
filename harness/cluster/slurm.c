#include "harness/cluster/slurm.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <glib.h>

/* Runs a command and returns what it wrote, g_free(); NULL with fault when it cannot be run or fails. */
static char *run_command(const char *const *words, struct fault *fault)
{
    char *said = NULL, *errors = NULL;
    GError *error = NULL;
    int status = 0;

    if (!g_spawn_sync(NULL, (char **)words, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &said, &errors, &status,
                      &error)) {
        fault_set(fault,
                  "%s: %s: several machines need the commands of Slurm; without it see docs/distributed.md",
                  words[0], error->code == G_SPAWN_ERROR_NOENT ? "not found" : error->message);
        g_clear_error(&error);
        return NULL;
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status)) {
        g_strstrip(errors);
        fault_set(fault, "%s: %s", words[0], *errors ? errors : "failed without a message");
        g_free(said);
        said = NULL;
    }
    g_free(errors);
    return said;
}

int slurm_open(uint64_t *index_most, struct fault *fault)
{
    static const char key[] = "MaxArraySize";
    char *sbatch = g_find_program_in_path("sbatch"), *said;
    const char *at;
    uint64_t size = 0;

    if (!sbatch)
        return fault_set(fault,
                         "sbatch: not found: several machines need Slurm: install its commands "
                         "(Debian: slurm-client), or start the shards otherwise, see docs/distributed.md");
    g_free(sbatch);
    said = run_command((const char *const[]){"scontrol", "show", "config", NULL}, fault);
    if (!said)
        return -1;
    at = strstr(said, key);
    at = at ? strchr(at, '=') : NULL;
    if (at)
        size = strtoull(at + 1, NULL, 10);
    g_free(said);
    if (size < 2)
        return fault_set(fault, "scontrol show config: has no MaxArraySize of 2 or more: job arrays are "
                                "switched off at this site");
    *index_most = size - 1;
    return 0;
}

/* A node that is drained or down answers, too, but its tasks would wait for an administrator. */
static bool takes_tasks(const char *state)
{
    static const char *const states[] = {"idle", "allocated", "mixed", "completing"};

    for (size_t i = 0; i < G_N_ELEMENTS(states); i++)
        if (g_str_has_prefix(state, states[i]))
            return true;
    return false;
}

GPtrArray *slurm_nodes(struct fault *fault)
{
    char *said = run_command(
        (const char *const[]){"sinfo", "--noheader", "--Node", "--responding", "--format=%N %T", NULL},
        fault);
    GPtrArray *names;
    char **lines;

    if (!said)
        return NULL;
    names = g_ptr_array_new_with_free_func(g_free);
    lines = g_strsplit(said, "\n", -1);
    for (int i = 0; lines[i]; i++) {
        char *state = strchr(g_strstrip(lines[i]), ' ');
        if (!state || !takes_tasks(state + 1))
            continue;
        *state = '\0';
        if (!g_ptr_array_find_with_equal_func(names, lines[i], g_str_equal, NULL)) /* in several partitions */
            g_ptr_array_add(names, g_strdup(lines[i]));
    }
    g_strfreev(lines);
    g_free(said);
    if (names->len)
        return names;
    g_ptr_array_free(names, TRUE);
    fault_set(fault, "sinfo: no node answers and takes tasks: see 'sinfo --list-reasons'");
    return NULL;
}

uint64_t slurm_node_cores(void)
{
    char *words[] = {"sinfo", "--noheader", "--format=%c", NULL}, *said = NULL;
    uint64_t least = 0;
    int status = 1;

    if (g_spawn_sync(NULL, words, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &said,
                     NULL, &status, NULL) &&
        status == 0)
        for (char *line = said, *end; *line; line = end) { /* "64+": nodes with more too */
            uint64_t cores = strtoull(line, &end, 10);
            if (end == line)
                end++;
            else if (!least || cores < least)
                least = cores;
        }
    g_free(said);
    return least;
}

void slurm_cancel(const char *jobs)
{
    GPtrArray *words = g_ptr_array_new();
    char **list = g_strsplit(jobs, ",", -1);
    struct fault ignored = {0};

    g_ptr_array_add(words, (char *)"scancel");
    for (int i = 0; list[i]; i++)
        g_ptr_array_add(words, list[i]);
    g_ptr_array_add(words, NULL);
    g_free(run_command((const char *const *)words->pdata, &ignored));
    g_ptr_array_free(words, TRUE);
    g_strfreev(list);
}

int slurm_submit(const struct slurm_array *array, char job[SLURM_JOB_BYTES], struct fault *fault)
{
    char *indices = g_strdup_printf("--array=%s%%%" PRIu64, array->indices, array->at_once);
    char *export = g_strdup_printf("--export=ALL,KNEE_TASK_OFFSET=%" PRIu64, array->offset);
    char *after = array->after ? g_strdup_printf("--dependency=afterany:%s", array->after) : NULL;
    const char *words[8] = {"sbatch", "--parsable", indices, export};
    int count = 4;
    char *said;

    if (after)
        words[count++] = after;
    words[count++] = array->script;
    said = run_command(words, fault);
    g_free(indices);
    g_free(export);
    g_free(after);
    if (!said)
        return -1;
    said[strcspn(said, ";\n ")] = '\0'; /* JOB or JOB;CLUSTER */
    if (!*said || strspn(said, "0123456789") != strlen(said) || strlen(said) >= SLURM_JOB_BYTES) {
        fault_set(fault, "sbatch: answered '%.60s', not the number of a job", said);
        g_free(said);
        return -1;
    }
    snprintf(job, SLURM_JOB_BYTES, "%s", said);
    g_free(said);
    return 0;
}

/* A task that waits although a node may be free for it. Whether it could be moved shows in the queue, not here. */
static bool end_hold(const char *task, const char *reason)
{
    const char *const start[] = {"scontrol", "update", NULL, "StartTime=now", NULL};
    const char *const release[] = {"scontrol", "release", task, NULL};
    bool held = strcmp(reason, "BeginTime") == 0,
         failed = strstr(reason, "requeued_held") != NULL || strstr(reason, "requeued held") != NULL;
    const char *words[5];
    struct fault ignored = {0};
    char *id;

    if (!held && !failed)
        return false;
    id = g_strdup_printf("JobId=%s", task);
    memcpy(words, start, sizeof words);
    words[2] = id;
    g_free(run_command(held ? words : release, &ignored));
    g_free(id);
    return true;
}

/* "127|PENDING|Resources": a task that was started once has a number of its own. */
static void take_line(struct slurm_queue *queue, char *line)
{
    char *state = strchr(line, '|'), *reason = state ? strchr(state + 1, '|') : NULL;

    if (!reason)
        return;
    *state++ = *reason++ = '\0';
    if (strcmp(state, "PENDING") != 0) {
        queue->running++;
        return;
    }
    queue->pending++;
    snprintf(queue->reason, sizeof queue->reason, "%s", reason);
    queue->released += end_hold(line, reason);
}

int slurm_queue_read(const char *jobs, struct slurm_queue *queue, struct fault *fault)
{
    const char *const words[] = {"squeue", "--noheader", "--array", "--format=%A|%T|%r",
                                 "--jobs", jobs,         NULL};
    char *said = run_command(words, fault), **lines;

    *queue = (struct slurm_queue){0};
    if (!said) {
        /* All of them have ended, and were forgotten. */
        if (!strstr(fault->text, "Invalid job id"))
            return -1;
        *fault = (struct fault){0};
        return 0;
    }
    lines = g_strsplit(said, "\n", -1);
    for (int i = 0; lines[i]; i++)
        take_line(queue, lines[i]);
    g_strfreev(lines);
    g_free(said);
    return 0;
}
