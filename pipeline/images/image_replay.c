#include "pipeline/images/image_replay.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pipeline/base/clock.h"
#include "pipeline/base/scratch.h"
#include "pipeline/images/image_internal.h"
#include "pipeline/images/output/store.h"
#include "pipeline/images/recipe/output_name.h"

/* --- links ------------------------------------------------------------------------------------ */

/* Links every file below one folder into another, which is made. Returns 0, or -1. */
static int link_all(const char *from, const char *to)
{
    GDir *list = mkdir(to, 0777) ? NULL : g_dir_open(from, 0, NULL);
    const char *name;
    int failed = list ? 0 : -1;

    while (!failed && (name = g_dir_read_name(list)) != NULL) {
        gchar *source = g_build_filename(from, name, NULL), *target = g_build_filename(to, name, NULL);
        failed = g_file_test(source, G_FILE_TEST_IS_DIR) ? link_all(source, target) : link(source, target);
        g_free(source);
        g_free(target);
    }
    if (list)
        g_dir_close(list);
    return failed;
}

void image_replay_link(const char *folder)
{
    gchar *from = g_build_filename(folder, IMAGE_REPLAY_RENDITIONS, NULL),
          *to = g_build_filename(folder, IMAGE_REPLAY_LINKS, NULL);

    scratch_remove_tree(to);
    if (link_all(from, to))
        scratch_remove_tree(to);
    g_free(from);
    g_free(to);
}

/* --- an item ---------------------------------------------------------------------------------- */

/* The output of that path comes out of links/. False: it has to be written, which says what is wrong, too. A folder
 * below the top is made when its first output is written. */
static bool move_rendition(const struct image_replay *replay, const char *path, uint64_t *bytes)
{
    gchar *from, *to;
    struct stat status;
    bool moved;

    if (!replay->links[0] || replay->images->durable)
        return false;
    from = g_build_filename(replay->links, path, NULL);
    to = g_build_filename(replay->images->output_root, path, NULL);
    moved = rename(from, to) == 0 && stat(to, &status) == 0;
    if (moved)
        *bytes = (uint64_t)status.st_size;
    g_free(from);
    g_free(to);
    return moved;
}

static int store_rendition(const struct image_replay *replay, uint64_t index, int rendition,
                           const struct image_result *result, struct item_record *record, struct fault *fault)
{
    const struct image_workload *images = replay->images;
    char path[4096], *data = NULL;
    gchar *made;
    gsize bytes = 0;
    uint64_t moved_bytes;
    GError *error = NULL;
    enum store_result stored;

    if (!image_output_is_made(&result->outputs[rendition]))
        return 0;
    image_output_path(images->recipe, rendition, images->paths[index], path, sizeof path);
    if (move_rendition(replay, path, &moved_bytes)) {
        record->bytes_out += moved_bytes;
        return 0;
    }
    made = g_build_filename(replay->renditions, path, NULL);
    if (!g_file_get_contents(made, &data, &bytes, &error)) {
        fault_set(fault, "%s: %s: 'knee sweep --replay' makes it: start it again", made, error->message);
        g_error_free(error);
        g_free(made);
        return WORKLOAD_STOP;
    }
    stored =
        store_write(images->output_root, path, output_name_top(images->recipe->renditions[rendition].output),
                    data, bytes, images->durable, fault);
    record->bytes_out += bytes;
    g_free(data);
    g_free(made);
    return stored == STORE_OK ? 0 : stored == STORE_UNUSABLE ? WORKLOAD_STOP : WORKLOAD_FAILED;
}

static int store_renditions(const struct image_replay *replay, uint64_t index,
                            const struct image_result *payload, struct item_record *record,
                            struct fault *fault)
{
    int result = 0;

    for (int i = 0; i < replay->images->recipe->rendition_count && result == 0; i++)
        result = store_rendition(replay, index, i, payload, record, fault);
    return result;
}

static void take_result(const struct image_replay *replay, uint64_t index, struct item_record *record,
                        struct image_result *result)
{
    const struct item_record *source = item_table_item(&replay->source, index);

    record->kind = source->kind;
    record->engine = source->engine;
    record->error = source->error;
    record->width = source->width;
    record->height = source->height;
    record->bytes_in = source->bytes_in;
    record->bytes_out = 0;
    memcpy(result, item_table_item_payload(&replay->source, index),
           image_result_bytes(replay->images->recipe));
}

static int do_item(void *context, void *own, uint64_t index, struct item_record *record, void *payload,
                   struct fault *fault)
{
    struct image_replay *replay = context;
    const struct replay_item *time = &replay->plan.item[index];
    bool failed = item_table_item(&replay->source, index)->state == ITEM_FAILED;
    int result = 0;
    char reason[ITEM_REASON_BYTES];
    const struct replay_slowdown by = {replay->plan.excess, replay->plan.excess_most};
    const struct replay_work work = {time->wall_ns, 0, 0}; /* pictures share no lock */
    double slowdown;

    take_result(replay, index, record, payload);
    if (failed)
        fault_set(fault, "%s", item_table_reason(&replay->source, index, reason));
    else
        result = store_renditions(replay, index, payload, record, fault);
    slowdown = replay_wait(replay->crowd, own, &by, record->claim_ns, record->start_ns, &work);
    record->cpu_ns = (uint64_t)(slowdown * (double)time->cpu_ns);
    if (result == WORKLOAD_FAILED)
        image_item_give_up(replay->images, index, record, payload);
    return failed ? WORKLOAD_FAILED : result;
}

/* --- the worker ------------------------------------------------------------------------------- */

static int worker_init(void *context, void **own, struct fault *fault)
{
    const struct image_replay *replay = context;
    uint64_t begin_ns = clock_now_ns();

    *own = calloc(1, sizeof(struct replay_worker));
    if (!*own)
        return fault_sys(fault, "worker: no memory");
    replay_wait_until(begin_ns + replay->plan.init_ns);
    return 0;
}

static void worker_release(void *context, void *own)
{
    replay_crowd_leave(((struct image_replay *)context)->crowd);
    free(own);
}

static uint64_t weight(const void *context, uint64_t index)
{
    return ((const struct image_replay *)context)->images->bytes[index];
}

static void lost(void *context, uint64_t index, struct item_record *record, void *payload, const char *why)
{
    (void)why;
    image_item_give_up(((struct image_replay *)context)->images, index, record, payload);
}

/* --- the parent ------------------------------------------------------------------------------- */

static int open_table(struct image_replay *replay, const struct image_replay_batch *batch, const char *folder,
                      struct fault *fault)
{
    gchar *path = g_build_filename(folder, IMAGE_REPLAY_TABLE, NULL);
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK), result = -1;
    uint32_t bytes = image_result_bytes(batch->recipe);

    if (fd < 0)
        fault_set(fault, "%s: %s: --replay takes a folder that 'knee sweep --replay' has made", path,
                  strerror(errno));
    else
        result = item_table_open(&replay->source, fd, fault);
    if (result == 0 && (replay->source.items != batch->items || replay->plan.items != batch->items ||
                        replay->source.item_stride < sizeof(struct item_record) + bytes)) {
        item_table_close(&replay->source);
        result = fault_set(fault,
                           "%s: %llu items with %llu times, but the run has %llu: give the --list and recipe "
                           "of that replay",
                           folder, (unsigned long long)replay->source.items,
                           (unsigned long long)replay->plan.items, (unsigned long long)batch->items);
    }
    g_free(path);
    return result;
}

int image_replay_open(struct image_replay *replay, const struct image_replay_batch *batch, const char *folder,
                      uint32_t workers, struct fault *fault)
{
    gchar *times = g_build_filename(folder, IMAGE_REPLAY_TIMES, NULL);
    int result;

    *replay = (struct image_replay){.source = {.fd = -1}};
    snprintf(replay->renditions, sizeof replay->renditions, "%.4000s/" IMAGE_REPLAY_RENDITIONS, folder);
    snprintf(replay->links, sizeof replay->links, "%.4000s/" IMAGE_REPLAY_LINKS, folder);
    if (access(replay->links, R_OK | W_OK | X_OK))
        replay->links[0] = '\0';
    result = replay_plan_read(&replay->plan, times, fault) || open_table(replay, batch, folder, fault);
    g_free(times);
    if (result == 0)
        replay->crowd = replay_crowd_make(workers, fault);
    replay->open = true;
    if (result == 0 && replay->crowd)
        return 0;
    image_replay_close(replay);
    return -1;
}

void image_replay_fill(struct image_replay *replay, const struct image_workload *images,
                       struct workload *workload)
{
    replay->images = images;
    image_workload_fill((struct image_workload *)images, workload);
    workload->name = "replay";
    workload->context = replay;
    workload->measure_cpu = false;
    workload->weight = weight;
    workload->init = worker_init;
    workload->item = do_item;
    workload->release = worker_release;
    workload->lost = lost;
}

void image_replay_close(struct image_replay *replay)
{
    if (!replay->open)
        return;
    replay_plan_release(&replay->plan);
    item_table_close(&replay->source);
    replay_crowd_release(replay->crowd);
    *replay = (struct image_replay){.source = {.fd = -1}};
}
