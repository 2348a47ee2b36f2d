#include "pipeline/images/output/run_journal_internal.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pipeline/images/output/image_result.h"
#include "pipeline/images/input/image_input.h"
#include "pipeline/pool/failpoint.h"
#include "pipeline/pool/pool.h"

int run_journal_split(char *text, struct journal_fields *fields)
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

/* --- opening and closing ---------------------------------------------------------------------- */

int run_journal_open(struct run_journal *journal, const char *out, const struct recipe *recipe,
                     const struct batch *batch, const struct run_journal_options *options,
                     struct fault *fault)
{
    struct stat status;
    char path[4096];

    *journal =
        (struct run_journal){.log = {.fd = -1, .read_fd = -1}, .out = out, .recipe = recipe, .batch = batch};
    if ((size_t)snprintf(path, sizeof path, "%s/.knee", out) >= sizeof path - RECIPE_NAME_BYTES)
        return fault_set(fault, "output folder %.100s...: its path is too long", out);
    if (mkdir(path, 0777) && errno != EEXIST)
        return fault_set(fault, "%s: %s: give an output folder that can be written", path, strerror(errno));
    if (lstat(path, &status) || !S_ISDIR(status.st_mode))
        return fault_set(fault, "%s: it is not a folder: remove it or give another output folder", path);
    snprintf(path + strlen(path), RECIPE_NAME_BYTES, "/%s", options->file ? options->file : "journal");
    if (line_log_open(&journal->log, path, options->durable, fault))
        return -1;
    if (run_journal_check_owner(journal, options, fault) == 0)
        return 0;
    run_journal_close(journal);
    return -1;
}

void run_journal_close(struct run_journal *journal)
{
    if (journal->log.path)
        line_log_close(&journal->log);
}

uint64_t run_journal_most_bytes(const struct run_journal *journal)
{
    struct stat status;
    uint64_t now = fstat(journal->log.fd, &status) ? 0 : (uint64_t)status.st_size;

    return now + (journal->batch->count + 1) * POOL_MAX_ATTEMPTS * LINE_LOG_TEXT_BYTES;
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

/* The fields that done and failed items share: PATH ATTEMPT KIND ENGINE WIDTH HEIGHT BYTES MTIME_NS. */
static int read_common(const struct journal_fields *fields, struct item_record *record,
                       struct image_result *result)
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

/* SHA256 WIDTH HEIGHT BYTES */
static int read_output(char *const *fields, struct image_output *output)
{
    uint64_t width, height, bytes;

    if (read_digest(fields[0], output->sha256) || number(fields[1], UINT16_MAX, &width) ||
        number(fields[2], UINT16_MAX, &height) || number(fields[3], UINT32_MAX, &bytes))
        return -1;
    output->width = (uint16_t)width;
    output->height = (uint16_t)height;
    output->bytes = (uint32_t)bytes;
    return 0;
}

/* Fills record and result from a line. Returns the state, or ITEM_PENDING when the line cannot be used. */
static enum item_state read_item(const struct run_journal *journal, const struct journal_fields *fields,
                                 struct item_record *record, struct image_result *result)
{
    int renditions = journal->recipe->rendition_count;
    uint64_t stage, notes;

    if (fields->count < 11 || read_common(fields, record, result))
        return ITEM_PENDING;
    if (strcmp(fields->at[0], "failed") == 0) {
        if (fields->count != 11 || number(fields->at[9], ITEM_STAGES - 1, &stage))
            return ITEM_PENDING;
        record->stage = (uint8_t)stage;
        record->error = 1;
        return ITEM_FAILED;
    }
    if (strcmp(fields->at[0], "done") != 0 || fields->count != 11 + 4 * renditions ||
        number(fields->at[9], UINT64_MAX, &record->bytes_out) || number(fields->at[10], UINT32_MAX, &notes))
        return ITEM_PENDING;
    for (int i = 0; i < renditions; i++)
        if (read_output(&fields->at[11 + 4 * i], &result->outputs[i]))
            return ITEM_PENDING;
    result->notes.set = (uint32_t)notes;
    result->renditions = (uint8_t)renditions;
    return ITEM_DONE;
}

static int take_item(void *context, char *text)
{
    const struct resume *resume = context;
    const struct run_journal *journal = resume->journal;
    struct item_record *record, read = {0};
    struct image_result result = {0};
    struct journal_fields fields = {0};
    enum item_state state;
    uint64_t index;

    if (run_journal_split(text, &fields) || fields.count < 2)
        return 0;
    if (strcmp(fields.at[0], "run") == 0 || !batch_find(journal->batch, fields.at[1], &index))
        return 0;
    state = read_item(journal, &fields, &read, &result);
    record = item_table_item(journal->table, index);
    if (state == ITEM_FAILED)
        item_table_set_reason(journal->table, index, fields.at[10]);
    /* Relaxed, here and below: no other process has the table yet. */
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
    return (journal->batch->real_root ? stat : lstat)(path, &status) == 0 &&
           (uint64_t)status.st_size == record->bytes_in && image_mtime_ns(&status) == result->input_mtime_ns;
}

static bool outputs_are_there(const struct run_journal *journal, const char *item_path,
                              const struct image_result *result)
{
    for (int i = 0; i < journal->recipe->rendition_count; i++) {
        char within[4096], path[8192];
        struct stat status;
        if (!image_output_is_made(&result->outputs[i]))
            continue;
        image_output_path(journal->recipe, i, item_path, within, sizeof within);
        snprintf(path, sizeof path, "%s/%s", journal->out, within);
        if (lstat(path, &status) || !S_ISREG(status.st_mode) ||
            (status.st_size < UINT32_MAX ? (uint32_t)status.st_size : UINT32_MAX) != result->outputs[i].bytes)
            return false;
    }
    return true;
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
           outputs_are_there(journal, path, result);
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
    char text[LINE_LOG_TEXT_BYTES], reason[ITEM_REASON_BYTES], escaped[2 * ITEM_REASON_BYTES];
    size_t used;

    failpoint("record", index);
    used = (size_t)snprintf(text, sizeof text, "%s\t", state == ITEM_DONE ? "done" : "failed");
    used += line_field_escape(journal->batch->paths[index], text + used);
    used += (size_t)snprintf(text + used, sizeof text - used,
                             "\t%u\t%u\t%" PRIu32 "\t%" PRIu32 "\t%" PRIu32 "\t%" PRIu64 "\t%" PRIu64,
                             record->attempt, record->kind, record->engine, record->width, record->height,
                             record->bytes_in, result->input_mtime_ns);
    if (state == ITEM_FAILED) {
        line_field_escape(item_table_reason(journal->table, index, reason), escaped);
        snprintf(text + used, sizeof text - used, "\t%u\t%s", record->stage, escaped);
        return line_log_append(&journal->log, text, fault);
    }
    used += (size_t)snprintf(text + used, sizeof text - used, "\t%" PRIu64 "\t%" PRIu32, record->bytes_out,
                             result->notes.set);
    for (int i = 0; i < result->renditions; i++) {
        text[used++] = '\t';
        for (int byte = 0; byte < 32; byte++)
            used +=
                (size_t)snprintf(text + used, sizeof text - used, "%02x", result->outputs[i].sha256[byte]);
        used +=
            (size_t)snprintf(text + used, sizeof text - used, "\t%u\t%u\t%" PRIu32, result->outputs[i].width,
                             result->outputs[i].height, result->outputs[i].bytes);
    }
    return line_log_append(&journal->log, text, fault);
}
