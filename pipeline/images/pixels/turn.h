/* turn.h: planes stored with an EXIF orientation (1 to 8) to upright ones. Pure. */
#ifndef KNEE_TURN_H
#define KNEE_TURN_H

#include <stdbool.h>

#include "pipeline/images/pixels/scale.h"

/* Is it any other than upright? False for what is no orientation. */
bool turn_is_needed(int orientation);

/* Are width and height of the upright picture those of the stored one, swapped? */
bool turn_swaps(int orientation);

/* Which axes of the stored picture are mirrored. */
void turn_mirrored(int orientation, bool *x, bool *y);

/* to has the size of the upright plane. Only for an orientation that needs it. */
void turn_plane(const struct plane *from, const struct plane *to, int orientation);

#endif
