#include "pipeline/images/output/limits.h"

static const uint64_t mib = 1 << 20;

static uint64_t pixels(const struct rendition *rendition)
{
    return (uint64_t)rendition->width * (uint64_t)rendition->height;
}

static uint64_t file_bytes(const struct recipe *recipe, int rendition)
{
    if (rendition >= recipe_pictures(recipe))
        return 2 * recipe->max_bytes + 16 * mib;
    return 8 * pixels(&recipe->renditions[rendition]) + 16 * mib;
}

uint64_t image_limits_memory_bytes(const struct recipe *recipe)
{
    uint64_t bytes = 1024 * mib + 96 * recipe->max_pixels + 4 * recipe->max_bytes;

    if (recipe->originals) /* the source, its JPEG XL file as it grows, and what is rebuilt from that */
        bytes += 8 * recipe->max_bytes;
    for (int i = 0; i < recipe->rendition_count; i++)
        bytes += 64 * pixels(&recipe->renditions[i]);
    return bytes;
}

uint64_t image_limits_file_bytes(const struct recipe *recipe, uint64_t journal_bytes)
{
    uint64_t most = journal_bytes;

    for (int i = 0; i < recipe->rendition_count; i++)
        if (file_bytes(recipe, i) > most)
            most = file_bytes(recipe, i);
    return most;
}

uint64_t image_limits_item_bytes(const struct recipe *recipe)
{
    uint64_t bytes = 0;

    for (int i = 0; i < recipe->rendition_count; i++)
        bytes += 2 * file_bytes(recipe, i);
    return bytes;
}
