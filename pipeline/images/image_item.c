#include "pipeline/images/image_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vips/vips.h>

#include "pipeline/base/clock.h"
#include "pipeline/base/file_memory.h"
#include "pipeline/images/codecs/original.h"
#include "pipeline/images/codecs/png_chunks.h"
#include "pipeline/images/engines/engine.h"
#include "pipeline/images/engines/engine_vips.h"
#include "pipeline/images/engines/renditions.h"
#include "pipeline/images/input/dropped.h"
#include "pipeline/images/input/image_input.h"
#include "pipeline/images/input/links.h"
#include "pipeline/images/input/metadata.h"
#include "pipeline/images/input/sniff.h"
#include "pipeline/images/output/store.h"
#include "pipeline/images/recipe/caption.h"
#include "pipeline/images/recipe/output_name.h"
#include "pipeline/pool/failpoint.h"

/* One item in work. */
struct image_item {
    const struct image_workload *work;
    struct image_state *state;
    uint64_t index;
    const char *path;  /* within the batch */
    uint64_t position; /* in the batch, from 1 */
    struct item_record *record;
    struct image_result *result;
    uint64_t stage_start_ns;
    struct image_input input;
    const struct engine *engine;
    struct engine_size size;
    struct metadata metadata; /* empty when the recipe does not ask for any */
    struct pixels base, scaled[RECIPE_MAX_RENDITIONS];
    void *encoded[RECIPE_MAX_RENDITIONS];
    size_t encoded_bytes[RECIPE_MAX_RENDITIONS];
};

/* --- stages ----------------------------------------------------------------------------------- */

/* Ends the current stage and begins another. */
static void enter(struct image_item *item, enum image_stage stage)
{
    uint64_t now = clock_now_ns();

    item->record->stage_ns[item->record->stage] += now - item->stage_start_ns;
    item->record->stage_ns[STAGE_NONE] = 0;
    item->record->stage = (uint8_t)stage;
    item->stage_start_ns = now;
}

static int read_input(struct image_item *item, struct fault *fault)
{
    const char *root = item->work->input_root, *path = item->path;
    char real[PATH_MAX];
    enum workload_result result;

    if (item->work->real_root) {
        if (links_resolve(root, path, item->work->real_root, real, &path, fault))
            return WORKLOAD_FAILED;
        root = item->work->real_root;
    }
    result = image_input_read(root, path, item->work->recipe->max_bytes, &item->input, fault);
    item->record->bytes_in = item->input.file_bytes;
    item->result->input_mtime_ns = item->input.mtime_ns;
    return result;
}

static int refuse(const struct image_item *item, struct fault *fault)
{
    const char *format = sniff_unsupported(item->input.data, item->input.bytes);
    char list[128];

    return fault_set(fault, "%s%snot a picture or clip that knee reads (%s)", format ? format : "",
                     format ? ": " : "", sniff_list(list, sizeof list));
}

static void read_metadata(struct image_item *item, enum image_kind kind)
{
    size_t bytes;
    const uint8_t *exif = metadata_find(kind, item->input.data, item->input.bytes, &bytes);

    if (kind == KIND_HEIF || kind == KIND_JXL)
        engine_vips_metadata(item->input.data, item->input.bytes, &item->metadata);
    else if (exif)
        metadata_read(exif, bytes, &item->metadata);
}

/* Is it decoded by the FFmpeg libraries, from its file? */
static bool is_by_ffmpeg(enum image_kind kind, const struct recipe *recipe)
{
    return sniff_is_clip(kind) || kind == KIND_BMP || (kind == KIND_GIF && recipe->gif_is_clip);
}

/* By an engine that reads the file from memory, to its end: then only an original is made of it. */
static int decode_picture(struct image_item *item, struct fault *fault)
{
    const struct recipe *recipe = item->work->recipe;
    struct image_input *input = &item->input;
    int failed;

    item->engine = engine_choose(input->kind, input->data, input->bytes, recipe);
    item->record->engine = item->engine->id;
    if (!recipe->originals)
        file_memory_lend(input->data, input->bytes);
    failed = item->engine->decode(input->data, input->bytes, recipe, &item->base, &item->size,
                                  &item->result->notes, fault);
    if (!file_memory_take_back())
        input->data = NULL; /* never to be freed */
    return failed;
}

static int decode(struct image_item *item, struct fault *fault)
{
    const struct recipe *recipe = item->work->recipe;
    enum image_kind kind = item->input.kind;
    int failed;

    item->record->kind = (uint8_t)kind;
    if (kind == KIND_UNKNOWN)
        return refuse(item, fault);
    if (kind == KIND_PNG && png_chunks_check(item->input.data, item->input.bytes, fault))
        return -1;
    if (recipe_needs_metadata(recipe))
        read_metadata(item, kind);
    dropped_find(kind, item->input.data, item->input.bytes, &item->result->notes);
    if (is_by_ffmpeg(kind, recipe)) {
        item->engine = &engine_vips;
        item->record->engine = ENGINE_CLIP;
        failed = engine_vips_decode_clip(item->input.fd, recipe, &item->base, &item->size,
                                         &item->result->notes, fault);
        if (!failed && image_input_check(&item->input, fault)) {
            item->result->input_mtime_ns = 0;
            failed = -1;
        }
    } else {
        failed = decode_picture(item, fault);
    }
    item->record->width = (uint32_t)item->size.stored_width;
    item->record->height = (uint32_t)item->size.stored_height;
    item->record->samples_decoded = item->size.work.decoded_samples;
    item->record->pixels_converted = item->size.work.converted_pixels;
    item->record->coding = item->size.work.progressive;
    if (!recipe->originals)
        image_input_forget(&item->input);
    if (notes_have(&item->result->notes, NOTE_PROFILE_UNFIT) ||
        notes_have(&item->result->notes, NOTE_PROFILE_DAMAGED))
        notes_remove(&item->result->notes, NOTE_PROFILE); /* it was there, and was not applied */
    return failed;
}

static int scale_all(struct image_item *item, struct fault *fault)
{
    return renditions_make(item->engine, item->work->recipe, &item->size, &item->base, item->scaled, fault);
}

/* The file's name without folders and ending. Caller frees with g_free(). */
static char *stem_of(const char *path)
{
    char *stem = g_path_get_basename(path), *dot = strrchr(stem, '.');

    if (dot && dot != stem)
        *dot = '\0';
    return stem;
}

static int overlay_all(struct image_item *item, struct fault *fault)
{
    const struct recipe *recipe = item->work->recipe;
    char *stem = stem_of(item->path);
    struct caption_facts facts = {.stem = stem, .index = item->position, .taken = item->metadata.taken};
    char *text = caption_fill(recipe->caption_text, &facts);
    int failed = 0;

    for (int i = 0; i < recipe_pictures(recipe) && !failed; i++) {
        if (recipe->renditions[i].watermark)
            failed = overlay_watermark(&item->state->overlay, &item->scaled[i], fault);
        if (!failed && recipe->renditions[i].caption)
            failed = overlay_caption(&item->state->overlay, &item->scaled[i], text, fault);
    }
    g_free(text);
    g_free(stem);
    return failed;
}

static uint16_t side_of(int pixels)
{
    return (uint16_t)(pixels < UINT16_MAX ? pixels : UINT16_MAX);
}

static int make_original(struct image_item *item, struct fault *fault)
{
    int first = recipe_pictures(item->work->recipe);

    for (int i = first; i < item->work->recipe->rendition_count; i++) {
        item->result->outputs[i].width = side_of(item->size.width);
        item->result->outputs[i].height = side_of(item->size.height);
    }
    return original_make(&item->input, &item->encoded[first], &item->encoded_bytes[first],
                         &item->result->notes, fault);
}

static int encode_all(struct image_item *item, struct fault *fault)
{
    const struct recipe *recipe = item->work->recipe;

    for (int i = 0; i < recipe_pictures(recipe); i++) {
        /* before the engine pads them */
        item->result->outputs[i].width = (uint16_t)item->scaled[i].width;
        item->result->outputs[i].height = (uint16_t)item->scaled[i].height;
        if (item->engine->encode(&item->scaled[i], recipe, &recipe->renditions[i], &item->metadata,
                                 &item->encoded[i], &item->encoded_bytes[i], fault))
            return -1;
        item->record->pixels_written += (uint64_t)item->scaled[i].width * (uint64_t)item->scaled[i].height;
        g_free(item->scaled[i].data);
        item->scaled[i].data = NULL;
    }
    return recipe->originals ? make_original(item, fault) : 0;
}

static int digest_all(struct image_item *item, struct fault *fault)
{
    for (int i = 0; i < item->work->recipe->rendition_count; i++)
        if (item->encoded[i] &&
            (!EVP_DigestInit_ex2(item->state->digest, item->work->sha256, NULL) ||
             !EVP_DigestUpdate(item->state->digest, item->encoded[i], item->encoded_bytes[i]) ||
             !EVP_DigestFinal_ex(item->state->digest, item->result->outputs[i].sha256, NULL)))
            return fault_set(fault, "OpenSSL cannot compute SHA-256");
    return 0;
}

static int store_all(struct image_item *item, struct fault *fault)
{
    const struct recipe *recipe = item->work->recipe;

    for (int i = 0; i < recipe->rendition_count; i++) {
        char path[4096];
        enum store_result stored;
        image_output_path(recipe, i, item->path, path, sizeof path);
        if (!item->encoded[i]) { /* an earlier run may have made it, of another source */
            store_remove(item->work->output_root, path, output_name_top(recipe->renditions[i].output), NULL);
            continue;
        }
        stored = store_write(item->work->output_root, path, output_name_top(recipe->renditions[i].output),
                             item->encoded[i], item->encoded_bytes[i], item->work->durable, fault);
        if (stored)
            return stored == STORE_UNUSABLE ? WORKLOAD_STOP : WORKLOAD_FAILED;
        item->record->bytes_out += item->encoded_bytes[i];
        item->result->outputs[i].bytes =
            item->encoded_bytes[i] < UINT32_MAX ? (uint32_t)item->encoded_bytes[i] : UINT32_MAX;
    }
    item->result->renditions = (uint8_t)recipe->rendition_count;
    return 0;
}

/* --- the item --------------------------------------------------------------------------------- */

static int do_stages(struct image_item *item, struct fault *fault)
{
    static const struct {
        enum image_stage stage;
        int (*run)(struct image_item *item, struct fault *fault);
    } stages[] = {{STAGE_READ, read_input},     {STAGE_DECODE, decode},     {STAGE_SCALE, scale_all},
                  {STAGE_OVERLAY, overlay_all}, {STAGE_ENCODE, encode_all}, {STAGE_DIGEST, digest_all},
                  {STAGE_STORE, store_all}};

    for (size_t i = 0; i < sizeof stages / sizeof stages[0]; i++) {
        int result;
        enter(item, stages[i].stage);
        if (stages[i].stage == STAGE_ENCODE)
            failpoint("item", item->index);
        result = stages[i].run(item, fault);
        if (result)
            return result;
    }
    return 0;
}

static void free_item(struct image_item *item)
{
    image_input_close(&item->input);
    g_free(item->base.data);
    for (int i = 0; i < RECIPE_MAX_RENDITIONS; i++) {
        g_free(item->scaled[i].data);
        g_free(item->encoded[i]);
    }
}

void image_item_give_up(const struct image_workload *work, uint64_t index, struct item_record *record,
                        struct image_result *result)
{
    result->renditions = 0;
    record->bytes_out = record->pixels_written = 0;
    for (int i = 0; i < work->recipe->rendition_count; i++) {
        char path[4096];
        image_output_path(work->recipe, i, work->paths[index], path, sizeof path);
        store_remove(work->output_root, path, output_name_top(work->recipe->renditions[i].output), NULL);
    }
}

int image_item_do(void *context, void *own, uint64_t index, struct item_record *record, void *payload,
                  struct fault *fault)
{
    const struct image_workload *work = context;
    struct image_item item = {.work = work,
                              .state = own,
                              .index = index,
                              .path = work->paths[index],
                              .position = work->positions ? work->positions[index] : index + 1,
                              .record = record,
                              .input = {.fd = -1},
                              .result = payload};
    uint8_t failed_in;
    int failed;

    memset(record->stage_ns, 0, sizeof record->stage_ns);
    record->bytes_in = record->bytes_out = 0;
    record->samples_decoded = record->pixels_written = record->pixels_converted = 0;
    record->coding = 0;
    memset(item.result, 0, image_result_bytes(work->recipe));
    item.stage_start_ns = clock_now_ns();
    failed = do_stages(&item, fault);
    failed_in = record->stage;
    enter(&item, STAGE_NONE);
    vips_error_clear();
    free_item(&item);
    if (failed == WORKLOAD_FAILED) {
        image_item_give_up(work, index, record, payload);
        record->stage = failed_in;
        record->error = 1;
    }
    return failed;
}
