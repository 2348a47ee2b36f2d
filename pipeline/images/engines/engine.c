#include "pipeline/images/engines/engine.h"

#include "pipeline/images/codecs/pixel_limit.h"
#include "pipeline/images/engines/engine_internal.h"

const char *engine_name(int id)
{
    static const char *const names[ENGINE_COUNT] = {[ENGINE_UNKNOWN] = "unknown",
                                                    [ENGINE_VIPS] = "vips",
                                                    [ENGINE_CLIP] = "ffmpeg+vips",
                                                    [ENGINE_PLANES] = "planes"};
    return names[id >= 0 && id < ENGINE_COUNT ? id : ENGINE_UNKNOWN];
}

const struct engine *engine_choose(enum image_kind kind, const void *data, size_t bytes,
                                   const struct recipe *recipe)
{
    return engine_planes_takes(kind, data, bytes, recipe) ? &engine_planes : &engine_vips;
}

int engine_check_size(const struct engine_size *size, const struct recipe *recipe, struct fault *fault)
{
    return pixel_limit_check((uint64_t)size->stored_width, (uint64_t)size->stored_height, recipe->max_pixels,
                             fault);
}
