/* batch.c: finds the missing items, makes them, and writes the description. */
#include "datasets/batch.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "datasets/describe.h"
#include "datasets/item.h"
#include "datasets/photo.h"

#define PATH_BYTES 4096
#define LINE_BYTES 1536

static char *joined(const char *a, const char *b)
{
    size_t bytes = strlen(a) + strlen(b) + 1;
    char *text = malloc(bytes);
    if (text != NULL)
        snprintf(text, bytes, "%s%s", a, b);
    return text;
}

/* Makes every folder above the file, and the file's own when path ends with '/'. */
static int make_folders(const char *path, struct fault *fault)
{
    char part[PATH_BYTES];
    snprintf(part, sizeof part, "%s", path);
    for (char *slash = strchr(part + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(part, 0755) != 0 && errno != EEXIST)
            return fault_set(fault, "folder %s cannot be made: %s", part, strerror(errno));
        *slash = '/';
    }
    return 0;
}

static int is_empty_or_absent(const char *folder)
{
    DIR *directory = opendir(folder);
    if (directory == NULL)
        return errno == ENOENT;
    const struct dirent *entry;
    int empty = 1;
    while (empty && (entry = readdir(directory)) != NULL)
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    closedir(directory);
    return empty;
}

/* Files that a killed build has left; there are no folders in it. */
static void clear_temporary(const char *folder)
{
    DIR *directory = opendir(folder);
    if (directory == NULL)
        return;
    const struct dirent *entry;
    while ((entry = readdir(directory)) != NULL)
        unlinkat(dirfd(directory), entry->d_name, 0);
    closedir(directory);
}

static int is_whole(const struct dataset_batch *batch, uint64_t index, uint64_t *bytes)
{
    const char *line = journal_line(&batch->journal, index);
    const char *path = batch->plan->items[index].path;
    char name[PATH_BYTES];
    struct stat status;
    if (line == NULL || describe_read(line, path, bytes) != 0)
        return 0;
    snprintf(name, sizeof name, "%s/%s", batch->out, path);
    return stat(name, &status) == 0 && S_ISREG(status.st_mode) && (uint64_t)status.st_size == *bytes;
}

static int open_places(struct dataset_batch *batch, const char *stamp, struct fault *fault)
{
    char *journal = joined(batch->out, ".journal");
    char *inside = joined(batch->out, "/");
    int result = -1;
    if (journal == NULL || inside == NULL)
        fault_set(fault, "memory is short");
    else if (access(journal, F_OK) != 0 && !is_empty_or_absent(batch->out))
        fault_set(fault, "%s is not an empty folder and has no %s: name another folder", batch->out, journal);
    else if (make_folders(inside, fault) == 0)
        result = journal_open(&batch->journal, journal, stamp, batch->plan->count, fault);
    if (result == 0) {
        clear_temporary(batch->temporary); /* ours alone, now that the journal is locked */
        if (mkdir(batch->temporary, 0755) != 0 && errno != EEXIST)
            result = fault_set(fault, "folder %s cannot be made: %s", batch->temporary, strerror(errno));
    }
    free(journal);
    free(inside);
    return result;
}

int dataset_batch_open(struct dataset_batch *batch, const char *out, const char *stamp,
                       const struct dataset_plan *plan, const struct sources *sources, struct fault *fault)
{
    *batch = (struct dataset_batch){
        .plan = plan, .sources = sources, .journal = {.log = {.fd = -1, .read_fd = -1}}, .out = strdup(out)};
    size_t length = batch->out == NULL ? 0 : strlen(batch->out);
    while (length > 1 && batch->out[length - 1] == '/')
        batch->out[--length] = '\0';
    batch->temporary = batch->out == NULL ? NULL : joined(batch->out, ".tmp");
    batch->order = dataset_plan_order(plan);
    int result = -1;
    if (batch->temporary == NULL || batch->order == NULL)
        fault_set(fault, "memory for a batch of %llu items is short", (unsigned long long)plan->count);
    else
        result = open_places(batch, stamp, fault);
    for (uint64_t i = 0; result == 0 && i < plan->count; i++) {
        uint64_t bytes;
        if (!is_whole(batch, batch->order[i], &bytes))
            batch->order[batch->missing++] = batch->order[i];
    }
    if (result != 0)
        dataset_batch_close(batch);
    return result;
}

static int worker_init(void *context, void **state, struct fault *fault)
{
    (void)context;
    *state = calloc(1, sizeof(struct photo_cache));
    return *state != NULL ? 0 : fault_set(fault, "memory for a worker is short");
}

static void worker_release(void *context, void *state)
{
    (void)context;
    photo_release(state);
    free(state);
}

/* Makes the item under a temporary name, renames it, then appends to the journal: in that order, so that
 * items in the journal are complete. */
static int make(const struct dataset_batch *batch, struct photo_cache *cache, uint64_t index,
                struct item_made *made, struct fault *fault)
{
    const struct plan_item *item = &batch->plan->items[index];
    char temporary[PATH_BYTES], name[PATH_BYTES], line[LINE_BYTES];
    snprintf(temporary, sizeof temporary, "%s/%llu-%d", batch->temporary, (unsigned long long)index,
             (int)getpid());
    snprintf(name, sizeof name, "%s/%s", batch->out, item->path);
    if (make_folders(name, fault) != 0)
        return -1;
    if (item_make(item, cache, batch->sources, temporary, made, fault) != 0) {
        unlink(temporary);
        return -1;
    }
    if (rename(temporary, name) != 0)
        return fault_set(fault, "%s cannot be given its name: %s", name, strerror(errno));
    describe_item(line, sizeof line, item, made, &batch->sources->items[item->source]);
    return journal_append(&batch->journal, index, line, fault);
}

static int work(void *context, void *state, uint64_t index, struct item_record *record, void *payload,
                struct fault *fault)
{
    const struct dataset_batch *batch = context;
    const struct plan_item *item = &batch->plan->items[batch->order[index]];
    struct dataset_batch_payload *left = payload;
    struct item_made made = {0};
    struct fault reason = {0};
    record->kind = (uint8_t)(item->kind + 1);
    if (make(batch, state, batch->order[index], &made, &reason) != 0) {
        snprintf(left->text, sizeof left->text, "%.255s", reason.text);
        return fault_set(fault, "%s", reason.text);
    }
    record->bytes_out = made.bytes;
    record->width = made.width;
    record->height = made.height;
    return 0;
}

static void lost(void *context, uint64_t index, struct item_record *record, void *payload, const char *why)
{
    const struct dataset_batch *batch = context;
    struct dataset_batch_payload *left = payload;
    (void)record;
    snprintf(left->text, sizeof left->text, "%s: %s", batch->plan->items[batch->order[index]].path, why);
}

struct workload dataset_batch_workload(struct dataset_batch *batch)
{
    return (struct workload){.name = "dataset",
                             .context = batch,
                             .items = batch->missing,
                             .payload_bytes = sizeof(struct dataset_batch_payload),
                             .init = worker_init,
                             .item = work,
                             .release = worker_release,
                             .lost = lost};
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int write_table(const char *name, const char *const *lines, uint64_t count, struct fault *fault)
{
    char temporary[PATH_BYTES];
    snprintf(temporary, sizeof temporary, "%s.new", name);
    FILE *file = fopen(temporary, "we");
    if (file == NULL)
        return fault_set(fault, "%s cannot be made: %s", temporary, strerror(errno));
    fprintf(file, "%s\n", describe_columns());
    for (uint64_t i = 0; i < count; i++)
        fprintf(file, "%s\n", lines[i]);
    int failed = ferror(file) | fflush(file) | fsync(fileno(file));
    failed |= fclose(file);
    if (failed || rename(temporary, name) != 0)
        return fault_sys(fault, "%s cannot be written: %s", name, strerror(errno));
    return 0;
}

int dataset_batch_finish(struct dataset_batch *batch, uint64_t *bytes, struct fault *fault)
{
    uint64_t count = batch->plan->count;
    if (journal_reload(&batch->journal, fault) != 0)
        return -1;
    *bytes = 0;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t size;
        if (!is_whole(batch, i, &size))
            return fault_set(fault, "%s/%s is not whole: run the same command again", batch->out,
                             batch->plan->items[i].path);
        *bytes += size;
    }
    char *name = joined(batch->out, ".tsv");
    const char **lines = calloc(count + 1, sizeof *lines);
    int result = -1;
    if (name == NULL || lines == NULL) {
        fault_set(fault, "memory for the description is short");
    } else {
        for (uint64_t i = 0; i < count; i++)
            lines[i] = journal_line(&batch->journal, i);
        qsort(lines, count, sizeof *lines, by_text);
        result = write_table(name, lines, count, fault);
    }
    free(lines);
    free(name);
    clear_temporary(batch->temporary);
    rmdir(batch->temporary);
    return result;
}

void dataset_batch_close(struct dataset_batch *batch)
{
    journal_close(&batch->journal);
    free(batch->out);
    free(batch->temporary);
    free(batch->order);
    *batch = (struct dataset_batch){.journal = {.log = {.fd = -1, .read_fd = -1}}};
}
