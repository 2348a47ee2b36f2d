#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "pipeline/base/version.h"
#include "pipeline/images/output/image_result.h"
#include "pipeline/images/output/run_journal_internal.h"
#include "pipeline/images/output/store.h"

/* The previous run, from the journal's first line. */
struct owner {
    const struct run_journal *journal;
    bool known, removing;
    char version[128], recipe[65], batch[65];
    struct {
        char name[64], extension[16];
    } renditions[RECIPE_MAX_RENDITIONS];
    int rendition_count;
};

/* The journal may be anybody's: only what a recipe could have asked for is believed. */
static bool is_rendition(const char *name, const char *extension)
{
    if (!*name || *name == '.' || strchr(name, '/'))
        return false;
    for (int f = 0; f < FORMAT_COUNT; f++)
        if (strcmp(formats[f].extension, extension) == 0)
            return true;
    return false;
}

static int read_owner(struct owner *owner, const struct journal_fields *fields)
{
    if (fields->count < 5 || strcmp(fields->at[1], "1") != 0)
        return -1;
    snprintf(owner->version, sizeof owner->version, "%s", fields->at[2]);
    snprintf(owner->recipe, sizeof owner->recipe, "%s", fields->at[3]);
    snprintf(owner->batch, sizeof owner->batch, "%s", fields->at[4]);
    for (int i = 5; i + 1 < fields->count && owner->rendition_count < RECIPE_MAX_RENDITIONS; i += 2) {
        if (!is_rendition(fields->at[i], fields->at[i + 1]))
            continue;
        snprintf(owner->renditions[owner->rendition_count].name, sizeof owner->renditions[0].name, "%s",
                 fields->at[i]);
        snprintf(owner->renditions[owner->rendition_count].extension, sizeof owner->renditions[0].extension,
                 "%s", fields->at[i + 1]);
        owner->rendition_count++;
    }
    owner->known = true;
    return 0;
}

static void remove_outputs_of(const struct owner *owner, const char *item_path)
{
    for (int i = 0; i < owner->rendition_count; i++) {
        char path[4096 + 128];
        if ((size_t)snprintf(path, sizeof path, "%s/%s.%s", owner->renditions[i].name, item_path,
                             owner->renditions[i].extension) < sizeof path)
            store_remove_unknown(owner->journal->out, path);
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
    char text[4096], name[128];
    int used =
        snprintf(text, sizeof text, "run\t1\t%s\t%s\t%s", knee_version, journal->recipe->sha256, batch_hex);

    for (int i = 0; i < journal->recipe->rendition_count; i++) {
        line_field_escape(journal->recipe->renditions[i].name, name);
        used += snprintf(text + used, sizeof text - (size_t)used, "\t%s\t%s", name,
                         formats[journal->recipe->renditions[i].format].extension);
    }
    return line_log_append(&journal->log, text, fault);
}

/* The folders of this run's own renditions may be links that the user has made: they are followed. */
static void remove_own_outputs(const struct run_journal *journal, uint64_t index)
{
    for (int i = 0; i < journal->recipe->rendition_count; i++) {
        char path[4096];
        image_output_path(journal->recipe, i, journal->batch->paths[index], path, sizeof path);
        store_remove(journal->out, path, NULL);
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
            char folder[4096 + 128];
            snprintf(folder, sizeof folder, "%s/%s", journal->out, owner->renditions[i].name);
            store_clean(folder, false);
            store_remove_empty_folders(journal->out, owner->renditions[i].name);
        }
    }
    owner->known = false;
    return line_log_clear(&journal->log, fault);
}

int run_journal_check_owner(struct run_journal *journal, const struct run_journal_options *options,
                            struct fault *fault)
{
    struct owner owner = {.journal = journal};
    struct stat status;
    char batch_hex[65];
    uint64_t bad;

    batch_sha256(journal->batch, batch_hex);
    if (line_log_read(&journal->log, take_owner, &owner, &bad, fault) < 0)
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
    if (strcmp(owner.recipe, journal->recipe->sha256) != 0)
        return differs(journal, "recipe", fault);
    if (strcmp(owner.batch, batch_hex) != 0)
        return differs(journal, "batch", fault);
    return strcmp(owner.version, knee_version) != 0 ? differs(journal, "version of knee", fault) : 0;
}
