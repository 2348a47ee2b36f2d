#include "pipeline/images/output/limits.h"

static const uint64_t mib = 1 << 20;

static uint64_t pixels(const struct rendition *rendition)
{
    return (uint64_t)rendition->width * (uint64_t)rendition->height;
}

static uint64_t file_bytes(const struct rendition *rendition)
{
    return 8 * pixels(rendition) + 16 * mib;
}

uint64_t image_limits_memory_bytes(const struct recipe *recipe)
{
    uint64_t bytes = 1024 * mib + 96 * recipe->max_pixels + 4 * recipe->max_bytes;

    for (int i = 0; i < recipe->rendition_count; i++)
        bytes += 64 * pixels(&recipe->renditions[i]);
    return bytes;
}

uint64_t image_limits_file_bytes(const struct recipe *recipe, uint64_t journal_bytes)
{
    uint64_t most = journal_bytes;

    for (int i = 0; i < recipe->rendition_count; i++)
        if (file_bytes(&recipe->renditions[i]) > most)
            most = file_bytes(&recipe->renditions[i]);
    return most;
}

uint64_t image_limits_item_bytes(const struct recipe *recipe)
{
    uint64_t bytes = 0;

    for (int i = 0; i < recipe->rendition_count; i++)
        bytes += 2 * file_bytes(&recipe->renditions[i]);
    return bytes;
}
