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

/* "NAME STATE CORES PARTITION"; the default partition has a star. */
struct node_line {
    char *name, *state, *cores, *partition;
};

static bool read_node(char *line, struct node_line *node)
{
    char **const columns[] = {&node->name, &node->state, &node->cores, &node->partition};

    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++) {
        *columns[i] = strsep(&line, " ");
        if (!*columns[i] || !**columns[i])
            return false;
    }
    return !line;
}

/* Of a node that is in several partitions there are several lines. */
static void take_node(struct slurm_nodes *nodes, const struct node_line *node)
{
    uint64_t cores = strtoull(node->cores, NULL, 10);

    if (!takes_tasks(node->state) ||
        g_ptr_array_find_with_equal_func(nodes->names, node->name, g_str_equal, NULL))
        return;
    g_ptr_array_add(nodes->names, g_strdup(node->name));
    if (cores && (!nodes->cores || cores < nodes->cores))
        nodes->cores = cores;
}

static void take_nodes(struct slurm_nodes *nodes, const char *said, bool default_only)
{
    char **lines = g_strsplit(said, "\n", -1);
    struct node_line node;

    for (int i = 0; lines[i]; i++)
        if (read_node(g_strstrip(lines[i]), &node) &&
            (!default_only || g_str_has_suffix(node.partition, "*")))
            take_node(nodes, &node);
    g_strfreev(lines);
}

int slurm_nodes_read(struct slurm_nodes *nodes, const char *partition, struct fault *fault)
{
    char *of = g_strconcat("--partition=", partition, NULL), *said;
    const char *words[] = {"sinfo", "--noheader", "--Node", "--responding", "--format=%N %T %c %P",
                           NULL,    NULL};

    words[G_N_ELEMENTS(words) - 2] = partition ? of : NULL;
    said = run_command(words, fault);
    g_free(of);
    if (!said)
        return -1;
    *nodes = (struct slurm_nodes){.names = g_ptr_array_new_with_free_func(g_free)};
    take_nodes(nodes, said, !partition && strchr(said, '*'));
    g_free(said);
    if (nodes->names->len)
        return 0;
    slurm_nodes_release(nodes);
    return partition
               ? fault_set(fault, "sinfo: no node of partition %.200s answers and takes tasks: see 'sinfo'",
                           partition)
               : fault_set(fault, "sinfo: no node answers and takes tasks: see 'sinfo --list-reasons'");
}

void slurm_nodes_release(struct slurm_nodes *nodes)
{
    if (nodes->names)
        g_ptr_array_free(nodes->names, TRUE);
    *nodes = (struct slurm_nodes){0};
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

/* knee's own words are last: of two options of a name sbatch takes the last one. The offset is a word of the script:
 * --export=ALL,NAME=VALUE makes each task begin with a login shell of the user, which takes seconds where a profile
 * does (findings/sbatch_export_of_one_name_logs_in.sh). Plain ALL is given because SBATCH_EXPORT may be NONE. */
char **slurm_array_command(const struct slurm_array *array)
{
    GPtrArray *words = g_ptr_array_new();

    g_ptr_array_add(words, g_strdup("sbatch"));
    for (char *const *word = array->words; word && *word; word++)
        g_ptr_array_add(words, g_strdup(*word));
    g_ptr_array_add(words, g_strdup("--parsable"));
    g_ptr_array_add(words, g_strdup_printf("--array=%s%%%" PRIu64, array->indices, array->at_once));
    g_ptr_array_add(words, g_strdup("--export=ALL"));
    if (array->after)
        g_ptr_array_add(words, g_strdup_printf("--dependency=afterany:%s", array->after));
    g_ptr_array_add(words, g_strdup(array->script));
    g_ptr_array_add(words, g_strdup_printf("%" PRIu64, array->offset));
    g_ptr_array_add(words, NULL);
    return (char **)g_ptr_array_free(words, FALSE);
}

int slurm_submit(const struct slurm_array *array, char job[SLURM_JOB_BYTES], struct fault *fault)
{
    char **words = slurm_array_command(array), *said = run_command((const char *const *)words, fault);

    g_strfreev(words);
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
