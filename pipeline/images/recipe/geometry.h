/* geometry.h: the part of a picture that becomes a rendition, computed from sizes; the same for every engine.
 * Pure.
 *
 * A rendition is made of the whole picture, upright and with square pixels, in three steps: the picture is
 * scaled to scaled_width x scaled_height; the box crop_* is cut out of that; it is put onto a canvas of width
 * x height at (left, top). Where a step is not needed the crop is the whole picture, or the canvas is the
 * crop.
 * - inside: the whole picture, as large as fits into the box; no crop, no canvas.
 * - cover: scaled until it fills the box, and the box cut out at the gravity's place, exactly: the scaled picture may
 *   end, and the box begin, within a pixel. A picture that is not scaled is cut at whole pixels, and gives all of them
 *   in a direction in which it is too small.
 * - contain: as inside, on a canvas of exactly the box's size, at the gravity's place.
 *
 * Sizes round to nearest (but those that cover scales to), whole places round down; nothing depends on the pixels, or
 * on which picture a rendition is scaled from.
 */
#ifndef KNEE_GEOMETRY_H
#define KNEE_GEOMETRY_H

#include "pipeline/images/recipe/recipe.h"

struct geometry {
    double scaled_width, scaled_height; /* of the whole picture */
    double crop_left, crop_top;         /* within the scaled picture */
    int crop_width, crop_height;
    int width, height; /* of the rendition */
    int left, top;     /* place of the crop in it */
};

/* The scale that the rendition needs of a picture of that size, above 1 only for one that may be enlarged. */
double geometry_scale(const struct rendition *rendition, int width, int height);

/* The scale that a picture has to have for the rendition to be made of it: that of geometry_scale(), and for a scaled
 * cover a quarter more, at most 1: a box that begins within a pixel would be blurred if cut out of a picture of its own
 * scale. */
double geometry_source_scale(const struct rendition *rendition, int width, int height);

/* length * scale, to nearest, at least 1. */
int geometry_length(int length, double scale);

/* The scale of the picture from which all renditions are made: the largest that any of them needs as its source, at
 * most 1. */
double geometry_base_scale(const struct recipe *recipe, int width, int height);

void geometry_place(const struct rendition *rendition, int width, int height, struct geometry *geometry);

#endif
