/* antagonist_setting.h: how much pressure an antagonist makes on the memory system, as numbers and as words.
 *
 * Two kinds, one for each resource that cores share:
 *   traffic    reads and changes the lines of a buffer that no cache holds, in order, at a limited rate. Steps are GB/s
 *              (10^9 bytes of lines read; each is written back too). Step 0 GB/s is a core that is busy and moves
 * nothing.
 *   footprint  reads and changes lines at random in a buffer of a number of MiB, as fast as it can: the part of the
 *              shared cache that it takes.
 * Words: "4GB/s" (a rate), "max" (traffic as fast as it can), "8MiB" (a footprint), joined by commas.
 */
#ifndef KNEE_ANTAGONIST_SETTING_H
#define KNEE_ANTAGONIST_SETTING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pipeline/base/fault.h"

enum antagonist_kind { ANTAGONIST_TRAFFIC, ANTAGONIST_FOOTPRINT, ANTAGONIST_KINDS };

/* A rate without limit. */
#define ANTAGONIST_UNLIMITED (-1.0)

enum { ANTAGONIST_SETTINGS_MOST = 16, ANTAGONIST_TEXT_BYTES = 32 };

struct antagonist_setting {
    enum antagonist_kind kind;
    uint64_t bytes; /* of its buffer */
    double
        bytes_per_second; /* traffic: at most this, 0 moves nothing, ANTAGONIST_UNLIMITED; footprint: unlimited */
};

/* "traffic", "footprint"; NULL out of range. */
const char *antagonist_kind_name(enum antagonist_kind kind);
/* Returns 0, or -1 for another name or NULL. */
int antagonist_kind_parse(const char *name, enum antagonist_kind *kind);

/* The traffic antagonist and the footprint antagonist that serve as reporters: traffic as fast as it can, and half of
 * the cache. shared_cache_bytes: of the last-level cache; 0 unknown, taken as 32 MiB. */
struct antagonist_setting antagonist_reporter(enum antagonist_kind kind, uint64_t shared_cache_bytes);

/* The words above, or "auto": 0, 1 and 4 GB/s, max; an eighth, half and all of the cache. The two reporters are always
 * among them. Returns how many, or -1 with fault. */
int antagonist_settings_parse(const char *text, uint64_t shared_cache_bytes,
                              struct antagonist_setting settings[ANTAGONIST_SETTINGS_MOST],
                              struct fault *fault);

bool antagonist_equal(const struct antagonist_setting *one, const struct antagonist_setting *other);

/* "4 GB/s", "traffic at full speed", "8 MiB in cache". Returns text. */
const char *antagonist_text(const struct antagonist_setting *setting, char *text, size_t bytes);

#endif
