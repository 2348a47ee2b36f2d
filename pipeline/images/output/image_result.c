#include "pipeline/images/output/image_result.h"

#include <stdio.h>

const char *image_stage_name(int stage)
{
    static const char *const names[STAGE_COUNT] = {"none",    "read",   "decode", "scale",
                                                   "overlay", "encode", "digest", "store"};
    return stage >= 0 && stage < STAGE_COUNT ? names[stage] : "unknown";
}

void image_output_path(const struct recipe *recipe, int rendition, const char *item_path, char *path,
                       size_t bytes)
{
    const struct rendition *r = &recipe->renditions[rendition];
    snprintf(path, bytes, "%s/%s.%s", r->name, item_path, formats[r->format].extension);
}

uint32_t image_result_bytes(const struct recipe *recipe)
{
    const struct image_result *result = NULL;
    size_t outputs = (size_t)recipe->rendition_count * sizeof result->outputs[0];

    return (uint32_t)(offsetof(struct image_result, reason) +
                      (outputs > sizeof result->reason ? outputs : sizeof result->reason));
}
