/* sources.h: the photographs that a data set is made from.
 *
 * A folder is searched for JPEG, PNG, WebP and TIFF files. When it holds SOURCES.tsv (file, licence, author;
 * fetch.sh writes it) only the photographs named there are used, with their licences; otherwise all of them,
 * as the user's own.
 */
#ifndef KNEE_DATASETS_SOURCES_H
#define KNEE_DATASETS_SOURCES_H

#include <stdint.h>

#include "pipeline/base/fault.h"

#define SOURCES_LIMIT 500 /* the most taken of a folder, evenly spread */

struct source {
    char *path;             /* below the folder */
    char *licence, *author; /* as SOURCES.tsv says; "user's own" and "" without it */
    uint32_t width, height; /* pixels, upright */
    uint64_t bytes;
};

struct sources {
    char *folder;
    uint32_t count;
    struct source *items; /* sorted by path */
    char identity[65];    /* SHA-256, hex, of all paths, sizes and first 64 KiB: other photographs, other data
                             set */
    uint32_t unreadable;  /* files skipped because libvips cannot read them or they are below 64 pixels */
};

/* Reads headers only, so that the caller may fork afterwards; libvips must have been initialised. Returns 0,
 * or -1 with fault (no such folder, no photograph in it). */
int sources_open(struct sources *sources, const char *folder, struct fault *fault);
void sources_release(struct sources *sources);

#endif
