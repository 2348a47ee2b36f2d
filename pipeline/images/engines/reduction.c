#include "pipeline/images/engines/reduction.h"

int reduction_jpeg(int width, int height, double scale)
{
    for (int reduction = 8; reduction > 1; reduction /= 2)
        if (scale * reduction <= 1 && width >= reduction && height >= reduction)
            return reduction;
    return 1;
}
