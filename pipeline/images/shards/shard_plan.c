#include "pipeline/images/shards/shard_plan.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib.h>

#include "pipeline/base/plain_file.h"
#include "pipeline/base/version.h"
#include "pipeline/images/output/whole_file.h"
#include "pipeline/images/shards/shard_split.h"

static const char heading[] = "knee-shards 1\n";

void shard_plan_of(struct shard_plan *plan, const struct recipe *recipe, const struct batch *batch,
                   uint64_t shards)
{
    *plan = (struct shard_plan){.items = batch->count, .bytes = batch->total_bytes, .shards = shards};
    snprintf(plan->version, sizeof plan->version, "%s", knee_version);
    snprintf(plan->recipe, sizeof plan->recipe, "%s", recipe->sha256);
    batch_sha256(batch, plan->batch);
}

const char *shard_path(const char *out, const char *name, char *path, size_t bytes)
{
    snprintf(path, bytes, "%s/.knee/shards%s%s", out, *name ? "/" : "", name);
    return path;
}

bool shard_plan_exists(const char *out)
{
    char path[4096];

    return access(shard_path(out, "plan", path, sizeof path), F_OK) == 0;
}

const char *shard_host(char *name, size_t bytes)
{
    if (gethostname(name, bytes))
        snprintf(name, bytes, "unknown");
    name[bytes - 1] = '\0';
    return name;
}

/* --- text ------------------------------------------------------------------------------------- */

void shard_plan_put(FILE *file, const struct shard_plan *plan)
{
    fprintf(file, "version\t%s\nrecipe\t%s\nbatch\t%s\n", plan->version, plan->recipe, plan->batch);
    fprintf(file, "items\t%" PRIu64 "\nbytes\t%" PRIu64 "\nshards\t%" PRIu64 "\n", plan->items, plan->bytes,
            plan->shards);
}

bool shard_plan_take(struct shard_plan *plan, const char *key, const char *value)
{
    const struct {
        const char *key;
        char *text;
        size_t bytes;
        uint64_t *number;
    } fields[] = {{"version", plan->version, sizeof plan->version, NULL},
                  {"recipe", plan->recipe, sizeof plan->recipe, NULL},
                  {"batch", plan->batch, sizeof plan->batch, NULL},
                  {"items", NULL, 0, &plan->items},
                  {"bytes", NULL, 0, &plan->bytes},
                  {"shards", NULL, 0, &plan->shards}};

    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        if (strcmp(key, fields[i].key) != 0)
            continue;
        if (fields[i].text)
            snprintf(fields[i].text, fields[i].bytes, "%s", value);
        else
            *fields[i].number = strtoull(value, NULL, 10);
        return true;
    }
    return false;
}

bool shard_plan_equal(const struct shard_plan *plan, const struct shard_plan *other, char *what, size_t bytes)
{
    if (strcmp(plan->version, other->version) != 0)
        snprintf(what, bytes, "another version of knee (%s, and here %s)", plan->version, other->version);
    else if (strcmp(plan->recipe, other->recipe) != 0)
        snprintf(what, bytes, "another recipe (SHA-256 %.12s, and here %.12s)", plan->recipe, other->recipe);
    else if (strcmp(plan->batch, other->batch) != 0 || plan->items != other->items ||
             plan->bytes != other->bytes)
        snprintf(what, bytes,
                 "another batch (%" PRIu64 " items, %" PRIu64 " bytes, and here %" PRIu64 " items, %" PRIu64
                 " bytes)",
                 plan->items, plan->bytes, other->items, other->bytes);
    else if (plan->shards != other->shards)
        snprintf(what, bytes, "another division (%" PRIu64 " shards, and here %" PRIu64 ")", plan->shards,
                 other->shards);
    else
        return true;
    return false;
}

/* --- the file --------------------------------------------------------------------------------- */

static int make_folders(const char *out, struct fault *fault)
{
    static const char *const names[] = {".knee", ".knee/shards"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[4096];
        struct stat status;
        if ((size_t)snprintf(path, sizeof path, "%s/%s", out, names[i]) >= sizeof path - 256)
            return fault_set(fault, "output folder %.100s...: its path is too long", out);
        if (mkdir(path, 0777) && errno != EEXIST)
            return fault_set(fault, "%s: %s: give an output folder that can be written", path,
                             strerror(errno));
        if (lstat(path, &status) || !S_ISDIR(status.st_mode))
            return fault_set(fault, "%s: it is not a folder: remove it or give another output folder", path);
    }
    return 0;
}

int shard_plan_read(const char *out, struct shard_plan *plan, struct fault *fault)
{
    char path[4096], *text, *line, *next;
    const char *why;
    size_t bytes;

    *plan = (struct shard_plan){0};
    text = plain_file_read(shard_path(out, "plan", path, sizeof path), PLAIN_FILE_TEXT, &bytes, &why);
    if (!text)
        return fault_set(fault, "%s: %s: give an output folder of 'knee run --shard' or 'knee submit'", path,
                         why);
    if (strncmp(text, heading, sizeof heading - 1) == 0)
        for (line = text + sizeof heading - 1; line && *line; line = next) {
            char *tab;
            next = strchr(line, '\n');
            if (next)
                *next++ = '\0';
            tab = strchr(line, '\t');
            if (tab) {
                *tab = '\0';
                shard_plan_take(plan, line, tab + 1);
            }
        }
    g_free(text);
    return *plan->version && plan->shards && plan->shards <= SHARDS_MOST
               ? 0
               : fault_set(fault, "%s: damaged: remove %s/.knee/shards and run the shards again", path, out);
}

int shard_plan_check(const char *out, const struct shard_plan *plan, struct fault *fault)
{
    struct shard_plan there;
    char journal[4096], what[512];

    snprintf(journal, sizeof journal, "%s/.knee/journal", out);
    if (!access(journal, F_OK))
        return fault_set(
            fault, "output folder %s: holds a run without shards: give another folder, or remove it", out);
    if (!shard_plan_exists(out))
        return 0;
    if (shard_plan_read(out, &there, fault))
        return -1;
    return shard_plan_equal(&there, plan, what, sizeof what)
               ? 0
               : fault_set(fault,
                           "output folder %s holds shards of %s: give another folder, or remove it and "
                           "begin again",
                           out, what);
}

int shard_plan_join(const char *out, const struct shard_plan *plan, struct fault *fault)
{
    struct whole_file whole;
    char folder[4096];

    if (shard_plan_check(out, plan, fault) || make_folders(out, fault))
        return -1;
    if (shard_plan_exists(out))
        return 0;
    if (whole_file_begin(&whole, shard_path(out, "", folder, sizeof folder), "plan", fault))
        return -1;
    fputs(heading, whole.file);
    shard_plan_put(whole.file, plan);
    if (whole_file_end_first(&whole, fault))
        return -1;
    return shard_plan_check(out, plan, fault); /* another process may have been first */
}

/* --- libraries -------------------------------------------------------------------------------- */

const char *shard_libraries_difference(const char *here, const char *there, char *text, size_t bytes)
{
    for (;;) {
        size_t a = strcspn(here, " "), b = strcspn(there, " ");
        if (a != b || memcmp(here, there, a) != 0 || !*here) {
            snprintf(text, bytes, "%.*s, and there %.*s", a ? (int)a : 4, a ? here : "none", b ? (int)b : 4,
                     b ? there : "none");
            return text;
        }
        here += a + (here[a] == ' ');
        there += b + (there[b] == ' ');
    }
}

int shard_libraries_join(const char *out, const char *libraries, const char *who, struct fault *fault)
{
    char folder[4096], path[4096], host[256], difference[256], *text, *tab;
    struct whole_file whole;
    const char *why;
    size_t bytes;
    int failed;

    shard_path(out, "", folder, sizeof folder);
    shard_path(out, "libraries", path, sizeof path);
    shard_host(host, sizeof host);
    if (access(path, F_OK)) {
        if (whole_file_begin(&whole, folder, "libraries", fault))
            return -1;
        fprintf(whole.file, "%s\t%s\n", host, libraries);
        if (whole_file_end_first(&whole, fault))
            return -1;
    }
    text = plain_file_read(path, PLAIN_FILE_TEXT, &bytes, &why);
    if (!text)
        return fault_set(fault, "%s: %s", path, why);
    text[strcspn(text, "\n")] = '\0';
    tab = strchr(text, '\t');
    if (tab)
        *tab = '\0';
    failed = !tab || strcmp(tab + 1, libraries) != 0;
    if (failed)
        fault_set(fault,
                  "%s on %s: its libraries may give other bytes than those on %s, which began: %s: install "
                  "the same on every node",
                  who, host, text,
                  shard_libraries_difference(libraries, tab ? tab + 1 : "", difference, sizeof difference));
    g_free(text);
    return failed ? -1 : 0;
}
