/* What pictures say of themselves, as far as knee reads it itself: layout of TIFF, canvas of GIF, colour told without a
 * profile. */
#include <math.h>
#include <stdlib.h>

#include "pipeline/images/codecs/colour_tags.h"
#include "pipeline/images/codecs/gif_canvas.h"
#include "pipeline/images/codecs/tiff_layout.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tiff_layout layout;
    struct gif_canvas canvas;
    struct colour_tags tags;

    tiff_layout_read(data, size, &layout);
    if (layout.page < 0 || layout.subifd < -1 || layout.extra_count < 0 ||
        layout.extra_count > TIFF_MOST_EXTRA)
        abort();
    if (gif_canvas_read(data, size, &canvas) &&
        (canvas.width < 0 || canvas.left < 0 || canvas.frame_width < 0))
        abort();
    for (int kind = KIND_UNKNOWN; kind < KIND_COUNT; kind++) {
        uint8_t rgb[3] = {200, 40, 40};
        colour_tags_read((enum image_kind)kind, data, size, &tags);
        if (!isfinite(tags.space.power) || tags.space.power < 0)
            abort();
        if (kind == KIND_PNG && size % 16 == 0) /* slow: a table is made for each space */
            colour_space_convert(&tags.space, rgb, 1, 3, 1, rgb);
    }
    return 0;
}
