/* recipe.h: the outputs to make of an item, read from a key file (pipeline/base/key_file.h) and checked before any
 * work.
 *
 * Files that a recipe names are looked for in the recipe's folder, fonts then also in the system's font
 * folders. The recipes in pipeline/recipes use every key; docs/formats.md lists them.
 */
#ifndef KNEE_RECIPE_H
#define KNEE_RECIPE_H

#include <stdbool.h>
#include <stdint.h>

#include "pipeline/base/fault.h"
#include "pipeline/images/recipe/format.h"

/* An item's renditions are in memory together until it is stored: what all of a recipe may have in pixels is limited
 * too. */
#define RECIPE_MAX_RENDITIONS 32
#define RECIPE_MOST_PIXELS    (UINT64_C(1) << 31)
#define RECIPE_MOST_SIDE      16384 /* of a rendition, pixels */
#define RECIPE_PATH_BYTES     1024
#define RECIPE_NAME_BYTES     256 /* of a resolved pattern of names, NUL included */

enum recipe_fit { FIT_INSIDE, FIT_COVER, FIT_CONTAIN }; /* see geometry.h */
/* Chroma of JPEG and AVIF: at half the width and height, full, or full from quality 90 on. */
enum recipe_subsampling { SUBSAMPLING_420, SUBSAMPLING_444, SUBSAMPLING_AUTO };
enum recipe_gravity { /* the part of a picture that is kept, or its place on a canvas */
                      GRAVITY_CENTRE,
                      GRAVITY_NORTH,
                      GRAVITY_NORTH_EAST,
                      GRAVITY_EAST,
                      GRAVITY_SOUTH_EAST,
                      GRAVITY_SOUTH,
                      GRAVITY_SOUTH_WEST,
                      GRAVITY_WEST,
                      GRAVITY_NORTH_WEST
};
enum recipe_corner { /* of a rendition, or the middle of a side, or of all */
                     CORNER_TOP_LEFT,
                     CORNER_TOP_RIGHT,
                     CORNER_BOTTOM_LEFT,
                     CORNER_BOTTOM_RIGHT,
                     CORNER_TOP,
                     CORNER_BOTTOM,
                     CORNER_CENTRE
};

struct rendition {
    char name[64];
    char output[RECIPE_NAME_BYTES]; /* the names of its outputs: a resolved pattern, see output_name.h */
    enum recipe_fit fit;
    int width, height; /* box, pixels; height RECIPE_MOST_SIDE: no limit was given */
    enum recipe_format format;
    int quality;     /* 1 .. 100; without meaning for PNG */
    int compression; /* 0 .. 9, PNG only */
    int effort;      /* 1 .. 9, JPEG XL only */
    bool watermark, caption;
    bool enlarge;               /* a picture smaller than the box is scaled up to it */
    bool progressive, optimise; /* JPEG only */
    /* The default of everything below is 0. */
    enum recipe_gravity gravity; /* cover and contain */
    enum recipe_subsampling subsampling;
    double sharpen; /* amount, see sharpen.h */
};

/* The input's EXIF artist and copyright; an sRGB profile: the pixels are sRGB in any case. */
enum { KEEP_COPYRIGHT = 1, KEEP_ICC = 2 };

/* The outputs of jxl=lossless-jpeg; an item has one of the two. */
enum recipe_original {
    ORIGINAL_JXL,  /* a JPEG source as JPEG XL, from which it can be rebuilt */
    ORIGINAL_KEPT, /* any other source as it is */
    ORIGINAL_COUNT
};
#define RECIPE_KEPT_OUTPUT "kept/{path}" /* the pattern of its names */

struct recipe {
    char *text; /* the file as it was read; owned */
    char
        sha256[65]; /* over the text and the contents of watermark and font: all that the outputs depend on */
    struct rendition
        renditions[RECIPE_MAX_RENDITIONS]; /* in the order of the file; a ladder's as its widths */
    int rendition_count;
    int originals; /* the last ones of them: ORIGINAL_COUNT, or 0; they have neither box nor pixels */

    char watermark_path[RECIPE_PATH_BYTES]; /* empty: no rendition has one */
    double watermark_width;                 /* share of the rendition's width */
    double watermark_opacity;               /* 0 .. 1 */
    double watermark_margin;                /* share of the rendition's width */
    enum recipe_corner watermark_corner;

    char font_path[RECIPE_PATH_BYTES]; /* empty: no rendition has a caption */
    char caption_text[256];            /* a template, see caption.h; checked */
    double caption_size;               /* share of the rendition's width */
    double caption_margin;
    enum recipe_corner caption_corner;

    uint8_t background[3]; /* alpha is flattened onto it; sRGB */
    double clip_offset_s;  /* where in a clip the poster frame is looked for */
    unsigned keep;         /* of KEEP_*: metadata written to the outputs; 0 none */
    bool gif_is_clip;      /* an animated GIF is treated as a clip; otherwise its first frame is used */
    uint64_t max_pixels;   /* of an input, checked before decoding */
    uint64_t max_bytes;
};

/* Returns 0, or -1 with a fault that names file, line, key and remedy. */
int recipe_load(const char *path, struct recipe *recipe, struct fault *fault);
void recipe_release(struct recipe *recipe);

/* The number of renditions that are made from pixels: the first ones. */
static inline int recipe_pictures(const struct recipe *recipe)
{
    return recipe->rendition_count - recipe->originals;
}

/* Do the outputs depend on the input's metadata (metadata.h)? */
bool recipe_needs_metadata(const struct recipe *recipe);

/* The words for the values of enum recipe_fit, recipe_gravity, recipe_subsampling and recipe_corner in a recipe, in
 * their order; NULL ends each list. */
extern const char *const recipe_fits[], *const recipe_gravities[], *const recipe_subsamplings[],
                                                                       *const recipe_corners[];

#endif
