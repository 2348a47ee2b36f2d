#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pipeline/base/plain_file.h"
#include "pipeline/base/version.h"
#include "pipeline/images/output/image_result.h"
#include "pipeline/images/output/run_journal_internal.h"
#include "pipeline/images/output/store.h"
#include "pipeline/images/recipe/output_name.h"

/* The previous run, from the journal's first line. */
struct owner {
    const struct run_journal *journal;
    bool known, removing;
    char version[128], recipe[65], batch[65];
    char patterns[RECIPE_MAX_RENDITIONS][RECIPE_NAME_BYTES]; /* of the names of its outputs */
    int rendition_count;
};

/* The journal may be anybody's: only what a recipe could have asked for is believed. */
static void add_pattern(struct owner *owner, const char *pattern)
{
    if (owner->rendition_count < RECIPE_MAX_RENDITIONS && output_name_is_resolved(pattern))
        snprintf(owner->patterns[owner->rendition_count++], RECIPE_NAME_BYTES, "%s", pattern);
}

/* A journal of format 1 has the folder and the ending of each rendition; there were no patterns. */
static void add_folder(struct owner *owner, const char *name, const char *extension)
{
    struct rendition rendition = {.width = 1, .height = 1};
    char what[256];

    if (!*name || *name == '.' || strchr(name, '/') || strlen(name) >= sizeof rendition.name)
        return;
    snprintf(rendition.name, sizeof rendition.name, "%s", name);
    for (int f = 0; f < FORMAT_COUNT; f++) {
        rendition.format = (enum recipe_format)f;
        if (strcmp(formats[f].extension, extension) == 0 &&
            output_name_resolve(NULL, &rendition, rendition.output, what, sizeof what) == 0)
            add_pattern(owner, rendition.output);
    }
}

static int read_owner(struct owner *owner, const struct journal_fields *fields)
{
    bool old = fields->count > 1 && strcmp(fields->at[1], "1") == 0;

    if (fields->count < 5 || (!old && strcmp(fields->at[1], "2") != 0))
        return -1;
    snprintf(owner->version, sizeof owner->version, "%s", fields->at[2]);
    snprintf(owner->recipe, sizeof owner->recipe, "%s", fields->at[3]);
    snprintf(owner->batch, sizeof owner->batch, "%s", fields->at[4]);
    for (int i = 5; i < fields->count; i++)
        if (!old)
            add_pattern(owner, fields->at[i]);
        else if (i % 2 == 0)
            add_folder(owner, fields->at[i - 1], fields->at[i]);
    owner->known = true;
    return 0;
}

static void remove_outputs_of(const struct owner *owner, const char *item_path)
{
    for (int i = 0; i < owner->rendition_count; i++) {
        char path[4096 + 128];
        if (output_name_fill(owner->patterns[i], item_path, path, sizeof path) >= sizeof path ||
            output_name_fault(path))
            continue;
        store_remove_unknown(owner->journal->out, path);
        if (!output_name_top(owner->patterns[i]))
            store_remove_emptied(owner->journal->out, path);
    }
}

static int take_owner(void *context, char *text)
{
    struct owner *owner = context;
    struct journal_fields fields;

    if (run_journal_split(text, &fields))
        return 0;
    if (!owner->known)
        return strcmp(fields.at[0], "run") == 0 && read_owner(owner, &fields) == 0 ? 0 : 1;
    if (owner->removing && fields.count > 1 && strcmp(fields.at[0], "done") == 0)
        remove_outputs_of(owner, fields.at[1]);
    return 0;
}

static int differs(const struct run_journal *journal, const char *what, struct fault *fault)
{
    fault_set(fault, "output folder %s holds the outputs of another %s: give another folder", journal->out,
              what);
    return fault_advise(fault, ADVICE_START_AGAIN);
}

static int write_owner(const struct run_journal *journal, const char *batch_hex, struct fault *fault)
{
    char text[LINE_LOG_TEXT_BYTES], pattern[2 * RECIPE_NAME_BYTES];
    int used =
        snprintf(text, sizeof text, "run\t2\t%s\t%s\t%s", knee_version, journal->recipe->sha256, batch_hex);

    for (int i = 0; i < journal->recipe->rendition_count && (size_t)used < sizeof text; i++) {
        line_field_escape(journal->recipe->renditions[i].output, pattern);
        used += snprintf(text + used, sizeof text - (size_t)used, "\t%s", pattern);
    }
    if ((size_t)used >= sizeof text)
        return fault_set(fault,
                         "output folder %s: the names of the recipe's outputs are too long for its journal",
                         journal->out);
    return line_log_append(&journal->log, text, fault);
}

/* The folders of this run's own renditions may be links that the user has made: they are followed. */
static void remove_own_outputs(const struct run_journal *journal, uint64_t index)
{
    for (int i = 0; i < journal->recipe->rendition_count; i++) {
        char path[4096];
        image_output_path(journal->recipe, i, journal->batch->paths[index], path, sizeof path);
        store_remove(journal->out, path, output_name_top(journal->recipe->renditions[i].output), NULL);
    }
}

/* Removes the outputs of the previous run, which would be taken for ours: those in its journal, and those
 * of items that it did not finish, as far as the batch is the same. */
static int forget_owner(const struct run_journal *journal, struct owner *owner, struct fault *fault)
{
    struct owner again = {.journal = journal, .removing = true};
    uint64_t bad;

    if (owner->known) {
        line_log_read(&journal->log, take_owner, &again, &bad, NULL);
        for (uint64_t i = 0; i < journal->batch->count; i++) {
            remove_outputs_of(owner, journal->batch->paths[i]);
            remove_own_outputs(journal, i);
        }
        for (int i = 0; i < owner->rendition_count; i++) {
            char top[RECIPE_NAME_BYTES], folder[4096 + RECIPE_NAME_BYTES];
            if (!output_name_top(owner->patterns[i]))
                continue;
            output_name_top_folder(owner->patterns[i], top);
            snprintf(folder, sizeof folder, "%s/%s", journal->out, top);
            store_clean(folder, false);
            store_remove_empty_folders(journal->out, top);
        }
    }
    owner->known = false;
    return line_log_clear(&journal->log, fault);
}

/* What of the previous run is another one; NULL: nothing. */
static const char *difference(const struct owner *owner, const struct recipe *recipe, const char *batch_hex)
{
    if (strcmp(owner->recipe, recipe->sha256) != 0)
        return "recipe";
    if (strcmp(owner->batch, batch_hex) != 0)
        return "batch";
    return strcmp(owner->version, knee_version) != 0 ? "version of knee" : NULL;
}

int run_journal_is_of(const char *out, const struct recipe *recipe, const struct batch *batch,
                      struct fault *fault)
{
    char path[4096], batch_hex[65];
    struct line_log log = {.fd = -1, .read_fd = -1, .path = path};
    struct owner owner = {0};
    const char *why, *what;
    uint64_t bad;
    int failed;

    if ((size_t)snprintf(path, sizeof path, "%s/.knee/journal", out) >= sizeof path)
        return fault_set(fault, "output folder %.100s...: its path is too long", out);
    if (access(path, F_OK) && errno == ENOENT)
        return 0;
    log.read_fd = plain_file_open(path, &why);
    if (log.read_fd < 0)
        return fault_set(fault, "%s: %s: give a folder that 'knee run' has written", path, why);
    failed = line_log_read(&log, take_owner, &owner, &bad, fault) < 0;
    close(log.read_fd);
    if (failed)
        return -1;
    if (!owner.known)
        return fault_set(fault, "%s: damaged: its first line is missing", path);
    batch_sha256(batch, batch_hex);
    what = difference(&owner, recipe, batch_hex);
    return what ? fault_set(fault, "output folder %s was made with another %s: give the one of that run", out,
                            what)
                : 0;
}

int run_journal_check_owner(struct run_journal *journal, const struct run_journal_options *options,
                            struct fault *fault)
{
    struct owner owner = {.journal = journal};
    struct stat status;
    char batch_hex[65];
    const char *what;
    uint64_t bad;

    batch_sha256(journal->batch, batch_hex);
    if (line_log_read(&journal->log, take_owner, &owner, &bad, options->restart ? NULL : fault) < 0 &&
        !options->restart)
        return -1;
    if (fstat(journal->log.fd, &status))
        return fault_set(fault, "%s: %s", journal->log.path, strerror(errno));
    /* A first line that was cut off belongs to a run that did nothing. */
    if (!owner.known && status.st_size > LINE_LOG_TEXT_BYTES && !options->restart) {
        fault_set(fault, "%s: damaged: give another output folder", journal->log.path);
        return fault_advise(fault, ADVICE_START_AGAIN);
    }
    if ((options->restart || !owner.known) && forget_owner(journal, &owner, fault))
        return -1;
    journal->fresh = !owner.known;
    if (!owner.known)
        return write_owner(journal, batch_hex, fault);
    what = difference(&owner, journal->recipe, batch_hex);
    return what ? differs(journal, what, fault) : 0;
}
