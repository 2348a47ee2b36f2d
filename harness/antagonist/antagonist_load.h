/* antagonist_load.h: the work of an antagonist: a small piece at a time, so that its caller can look at the clock. */
#ifndef KNEE_ANTAGONIST_LOAD_H
#define KNEE_ANTAGONIST_LOAD_H

#include <stddef.h>
#include <stdint.h>

#include "harness/antagonist/antagonist_setting.h"

enum { ANTAGONIST_LINE_BYTES = 64, ANTAGONIST_PIECE_LINES = 4096 };

struct antagonist_load {
    enum antagonist_kind kind;
    uint64_t *buffer; /* the caller's */
    size_t lines;     /* at least 1 */
    size_t at;        /* traffic: the next line */
    uint64_t random[4];
};

/* buffer: of setting->bytes. */
void antagonist_load_init(struct antagonist_load *load, const struct antagonist_setting *setting,
                          uint64_t *buffer);
/* Reads and changes ANTAGONIST_PIECE_LINES lines. Returns their bytes. */
uint64_t antagonist_load_piece(struct antagonist_load *load);

#endif
