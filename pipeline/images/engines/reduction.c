#include "pipeline/images/engines/reduction.h"

/* What the decoder leaves over what is made of it, at least. */
static const double margin_jpeg = 1.25, margin_jp2 = 2;

int reduction_jpeg(int width, int height, double scale)
{
    for (int reduction = 8; reduction > 1; reduction /= 2)
        if (scale * reduction * margin_jpeg <= 1 && width >= reduction && height >= reduction)
            return reduction;
    return 1;
}

int reduction_jp2(int most, int width, int height, double scale)
{
    return most >= 2 && scale * 2 * margin_jp2 <= 1 && width >= 2 && height >= 2 ? 2 : 1;
}
