#include "pipeline/images/output/run_journal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pipeline/base/version.h"
#include "pipeline/images/output/image_result.h"
#include "pipeline/images/input/image_input.h"
#include "pipeline/images/output/store.h"
#include "pipeline/pool/failpoint.h"

enum { FIELDS_MOST = 16 + 2 * RECIPE_MAX_RENDITIONS };

/* The parts of a line, unescaped. */
struct fields {
    char *at[FIELDS_MOST];
    int count;
};

static int split(char *text, struct fields *fields)
{
    fields->count = 0;
    while (text) {
        char *field = strsep(&text, "\t");
        if (fields->count == FIELDS_MOST || line_field_unescape(field))
            return -1;
        fields->at[fields->count++] = field;
    }
    return 0;
}

static int number(const char *text, uint64_t most, uint64_t *value)
{
    char *end;

    errno = 0;
    *value = strtoull(text, &end, 10);
    return *text < '0' || *text > '9' || *end || errno || *value > most ? -1 : 0;
}

/* --- whose folder ----------------------------------------------------------------------------- */

/* What is known of the run before from the journal's first line. */
struct owner {
    const struct run_journal *journal;
    bool known, removing;
    char version[128], recipe[65], batch[65];
    struct {
        char name[64], extension[16];
    } renditions[RECIPE_MAX_RENDITIONS];
    int rendition_count;
};

static int read_owner(struct owner *owner, const struct fields *fields)
{
    if (fields->count < 5 || strcmp(fields->at[1], "1") != 0)
        return -1;
    snprintf(owner->version, sizeof owner->version, "%s", fields->at[2]);
    snprintf(owner->recipe, sizeof owner->recipe, "%s", fields->at[3]);
    snprintf(owner->batch, sizeof owner->batch, "%s", fields->at[4]);
    for (int i = 5; i + 1 < fields->count && owner->rendition_count < RECIPE_MAX_RENDITIONS; i += 2) {
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
        snprintf(path, sizeof path, "%s/%s.%s", owner->renditions[i].name, item_path,
                 owner->renditions[i].extension);
        store_remove(owner->journal->out, path, NULL);
    }
}

static int take_owner(void *context, char *text)
{
    struct owner *owner = context;
    struct fields fields;

    if (split(text, &fields))
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

/* The outputs of the run before would stay beside ours and be taken for them: those its journal names, and
 * those of items that it did not finish, as far as the batch is the same. */
static int forget_owner(const struct run_journal *journal, struct owner *owner, struct fault *fault)
{
    struct owner again = {.journal = journal, .removing = true};
    uint64_t bad;

    if (owner->known) {
        line_log_read(&journal->log, take_owner, &again, &bad, NULL);
        for (uint64_t i = 0; i < journal->batch->count; i++)
            remove_outputs_of(owner, journal->batch->paths[i]);
    }
    owner->known = false;
    return line_log_clear(&journal->log, fault);
}

static int check_owner(struct run_journal *journal, const struct run_journal_options *options,
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
    /* A first line that was cut is the beginning of a run that did nothing. */
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

int run_journal_open(struct run_journal *journal, const char *out, const struct recipe *recipe,
                     const struct batch *batch, const struct run_journal_options *options,
                     struct fault *fault)
{
    char path[4096];

    *journal = (struct run_journal){.log = {.fd = -1}, .out = out, .recipe = recipe, .batch = batch};
    if ((size_t)snprintf(path, sizeof path, "%s/.knee/journal", out) >= sizeof path)
        return fault_set(fault, "output folder %.100s...: its path is too long", out);
    *strrchr(path, '/') = '\0';
    if (mkdir(path, 0777) && errno != EEXIST)
        return fault_set(fault, "%s: %s: give an output folder that can be written", path, strerror(errno));
    path[strlen(path)] = '/';
    if (line_log_open(&journal->log, path, options->durable, fault))
        return -1;
    if (check_owner(journal, options, fault) == 0)
        return 0;
    run_journal_close(journal);
    return -1;
}

void run_journal_close(struct run_journal *journal)
{
    if (journal->log.path)
        line_log_close(&journal->log);
}

int run_journal_check(const struct run_journal *journal, struct fault *fault)
{
    return line_log_is_in_place(&journal->log)
               ? 0
               : fault_set(fault,
                           "output folder %s was removed or replaced while the run went on: run the same "
                           "command again",
                           journal->out);
}

/* --- going on --------------------------------------------------------------------------------- */

struct resume {
    struct run_journal *journal;
    bool retry_failed;
};

static int path_order(const void *key, const void *element)
{
    return strcmp(key, *(char *const *)element);
}

/* The fields that done and failed items share: PATH ATTEMPT KIND ENGINE WIDTH HEIGHT BYTES MTIME_NS. */
static int read_common(const struct fields *fields, struct item_record *record, struct image_result *result)
{
    uint64_t values[7];
    static const uint64_t most[7] = {UINT16_MAX, UINT8_MAX,  UINT32_MAX, UINT32_MAX,
                                     UINT32_MAX, UINT64_MAX, UINT64_MAX};

    for (int i = 0; i < 7; i++)
        if (number(fields->at[i + 2], most[i], &values[i]))
            return -1;
    record->attempt = (uint16_t)values[0];
    record->kind = (uint8_t)values[1];
    record->engine = (uint32_t)values[2];
    record->width = (uint32_t)values[3];
    record->height = (uint32_t)values[4];
    record->bytes_in = values[5];
    result->input_mtime_ns = values[6];
    return 0;
}

static int read_digest(const char *text, uint8_t digest[32])
{
    if (strlen(text) != 64)
        return -1;
    for (int i = 0; i < 32; i++) {
        unsigned value;
        if (sscanf(text + 2 * i, "%2x", &value) != 1)
            return -1;
        digest[i] = (uint8_t)value;
    }
    return 0;
}

/* Fills record and result from a line. Returns the state, or ITEM_PENDING when the line says nothing. */
static enum item_state read_item(const struct run_journal *journal, const struct fields *fields,
                                 struct item_record *record, struct image_result *result)
{
    int renditions = journal->recipe->rendition_count;
    uint64_t stage;

    if (fields->count < 11 || read_common(fields, record, result))
        return ITEM_PENDING;
    if (strcmp(fields->at[0], "failed") == 0) {
        if (fields->count != 11 || number(fields->at[9], ITEM_STAGES - 1, &stage))
            return ITEM_PENDING;
        record->stage = (uint8_t)stage;
        record->error = 1;
        snprintf(result->reason, sizeof result->reason, "%s", fields->at[10]);
        return ITEM_FAILED;
    }
    if (strcmp(fields->at[0], "done") != 0 || fields->count != 10 + renditions ||
        number(fields->at[9], UINT64_MAX, &record->bytes_out))
        return ITEM_PENDING;
    for (int i = 0; i < renditions; i++)
        if (read_digest(fields->at[10 + i], result->sha256[i]))
            return ITEM_PENDING;
    result->renditions = (uint8_t)renditions;
    return ITEM_DONE;
}

static int take_item(void *context, char *text)
{
    const struct resume *resume = context;
    const struct run_journal *journal = resume->journal;
    struct item_record *record, read = {0};
    struct image_result result = {0};
    struct fields fields;
    enum item_state state;
    char **path;
    uint64_t index;

    if (split(text, &fields) || fields.count < 2)
        return 0;
    path = bsearch(fields.at[1], journal->batch->paths, journal->batch->count, sizeof *path, path_order);
    if (!path || strcmp(fields.at[0], "run") == 0)
        return 0;
    state = read_item(journal, &fields, &read, &result);
    index = (uint64_t)(path - journal->batch->paths);
    record = item_table_item(journal->table, index);
    /* Relaxed, here and below: nobody else has the table yet. */
    atomic_store_explicit(&read.state, state, memory_order_relaxed);
    *record = read;
    memcpy(item_table_item_payload(journal->table, index), &result, image_result_bytes(journal->recipe));
    return 0;
}

static bool input_is_same(const struct run_journal *journal, const char *item_path,
                          const struct item_record *record, const struct image_result *result)
{
    char path[8192];
    struct stat status;

    snprintf(path, sizeof path, "%s/%s", journal->batch->root, item_path);
    return lstat(path, &status) == 0 && (uint64_t)status.st_size == record->bytes_in &&
           image_mtime_ns(&status) == result->input_mtime_ns;
}

static bool outputs_are_there(const struct run_journal *journal, const char *item_path,
                              const struct item_record *record)
{
    uint64_t sum = 0;

    for (int i = 0; i < journal->recipe->rendition_count; i++) {
        char within[4096], path[8192];
        struct stat status;
        image_output_path(journal->recipe, i, item_path, within, sizeof within);
        snprintf(path, sizeof path, "%s/%s", journal->out, within);
        if (lstat(path, &status) || !S_ISREG(status.st_mode))
            return false;
        sum += (uint64_t)status.st_size;
    }
    return sum == record->bytes_out;
}

static bool still_holds(const struct resume *resume, uint64_t index)
{
    const struct run_journal *journal = resume->journal;
    const struct item_record *record = item_table_item(journal->table, index);
    const struct image_result *result = item_table_item_payload(journal->table, index);
    const char *path = journal->batch->paths[index];
    enum item_state state = atomic_load_explicit(&record->state, memory_order_relaxed);

    if (state == ITEM_FAILED)
        return !resume->retry_failed && input_is_same(journal, path, record, result);
    return state == ITEM_DONE && input_is_same(journal, path, record, result) &&
           outputs_are_there(journal, path, record);
}

int run_journal_resume(struct run_journal *journal, const struct item_table *table,
                       const struct run_journal_options *options, struct fault *fault)
{
    struct resume resume = {.journal = journal, .retry_failed = options->retry_failed};
    uint64_t bad;

    journal->table = table;
    if (journal->fresh)
        return 0;
    if (line_log_read(&journal->log, take_item, &resume, &bad, fault) < 0)
        return -1;
    for (uint64_t i = 0; i < journal->batch->count; i++) {
        struct item_record *record = item_table_item(table, i);
        if (still_holds(&resume, i)) {
            journal->finished++;
            continue;
        }
        *record = (struct item_record){0};
        memset(item_table_item_payload(table, i), 0, image_result_bytes(journal->recipe));
    }
    return 0;
}

/* --- appending -------------------------------------------------------------------------------- */

int run_journal_append(void *context, uint64_t index, enum item_state state, struct fault *fault)
{
    const struct run_journal *journal = context;
    const struct item_record *record = item_table_item(journal->table, index);
    const struct image_result *result = item_table_item_payload(journal->table, index);
    char text[LINE_LOG_TEXT_BYTES], reason[2 * sizeof result->reason];
    size_t used;

    failpoint("record", index);
    used = (size_t)snprintf(text, sizeof text, "%s\t", state == ITEM_DONE ? "done" : "failed");
    used += line_field_escape(journal->batch->paths[index], text + used);
    used += (size_t)snprintf(text + used, sizeof text - used,
                             "\t%u\t%u\t%" PRIu32 "\t%" PRIu32 "\t%" PRIu32 "\t%" PRIu64 "\t%" PRIu64,
                             record->attempt, record->kind, record->engine, record->width, record->height,
                             record->bytes_in, result->input_mtime_ns);
    if (state == ITEM_FAILED) {
        char text_of_it[sizeof result->reason];
        snprintf(text_of_it, sizeof text_of_it, "%.*s", (int)sizeof text_of_it - 1, result->reason);
        line_field_escape(text_of_it, reason);
        snprintf(text + used, sizeof text - used, "\t%u\t%s", record->stage, reason);
        return line_log_append(&journal->log, text, fault);
    }
    used += (size_t)snprintf(text + used, sizeof text - used, "\t%" PRIu64, record->bytes_out);
    for (int i = 0; i < result->renditions; i++) {
        text[used++] = '\t';
        for (int byte = 0; byte < 32; byte++)
            used += (size_t)snprintf(text + used, sizeof text - used, "%02x", result->sha256[i][byte]);
    }
    return line_log_append(&journal->log, text, fault);
}
