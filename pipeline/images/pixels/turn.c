#include "pipeline/images/pixels/turn.h"

#include <stddef.h>
#include <stdint.h>

/* EXIF's orientations as: swap the axes first, then mirror along x, along y. */
static const struct {
    bool swap, mirror_x, mirror_y;
} turns[9] = {[2] = {.mirror_x = true},
              [3] = {.mirror_x = true, .mirror_y = true},
              [4] = {.mirror_y = true},
              [5] = {.swap = true},
              [6] = {.swap = true, .mirror_x = true},
              [7] = {.swap = true, .mirror_x = true, .mirror_y = true},
              [8] = {.swap = true, .mirror_y = true}};

bool turn_is_needed(int orientation)
{
    return orientation >= 2 && orientation <= 8;
}

bool turn_swaps(int orientation)
{
    return turn_is_needed(orientation) && turns[orientation].swap;
}

void turn_mirrored(int orientation, bool *x, bool *y)
{
    bool known = turn_is_needed(orientation);

    /* the table is of the upright picture, whose axes are swapped last when seen from the stored one */
    *x = known && (turns[orientation].swap ? turns[orientation].mirror_y : turns[orientation].mirror_x);
    *y = known && (turns[orientation].swap ? turns[orientation].mirror_x : turns[orientation].mirror_y);
}

/* In square tiles, so that rows of the source and columns of the result stay in the cache. */
void turn_plane(const struct plane *from, const struct plane *to, int orientation)
{
    enum { TILE = 32 };
    bool swap = turns[orientation].swap;
    ptrdiff_t step_x = swap ? from->stride : 1, step_y = swap ? 1 : from->stride;
    const uint8_t *origin = from->data;

    if (turns[orientation].mirror_x) {
        origin += step_x * (to->width - 1);
        step_x = -step_x;
    }
    if (turns[orientation].mirror_y) {
        origin += step_y * (to->height - 1);
        step_y = -step_y;
    }
    for (int top = 0; top < to->height; top += TILE)
        for (int left = 0; left < to->width; left += TILE)
            for (int y = top; y < top + TILE && y < to->height; y++) {
                const uint8_t *source = origin + y * step_y + left * step_x;
                uint8_t *row = to->data + (ptrdiff_t)y * to->stride;
                for (int x = left; x < left + TILE && x < to->width; x++, source += step_x)
                    row[x] = *source;
            }
}
