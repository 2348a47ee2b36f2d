#include "pipeline/images/engines/reduction.h"

/* What the decoder leaves over what is made of it, at least. */
static const double margin = 1.25;

int reduction_jpeg(int width, int height, double scale)
{
    for (int reduction = 8; reduction > 1; reduction /= 2)
        if (scale * reduction * margin <= 1 && width >= reduction && height >= reduction)
            return reduction;
    return 1;
}
