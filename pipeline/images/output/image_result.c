#include "pipeline/images/output/image_result.h"

#include "pipeline/images/recipe/output_name.h"

const char *image_stage_name(int stage)
{
    static const char *const names[STAGE_COUNT] = {"none",    "read",   "decode", "scale",
                                                   "overlay", "encode", "digest", "store"};
    return stage >= 0 && stage < STAGE_COUNT ? names[stage] : "unknown";
}

void image_output_path(const struct recipe *recipe, int rendition, const char *item_path, char *path,
                       size_t bytes)
{
    output_name_fill(recipe->renditions[rendition].output, item_path, path, bytes);
}

uint32_t image_result_bytes(const struct recipe *recipe)
{
    const struct image_result *result = NULL;

    return (uint32_t)(offsetof(struct image_result, outputs) +
                      (size_t)recipe->rendition_count * sizeof result->outputs[0]);
}
