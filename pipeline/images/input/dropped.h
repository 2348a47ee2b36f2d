/* dropped.h: what a picture's file holds that no rendition of it shows: a gain map, provenance, a colour profile, an
 * orientation, further frames or pages. Pure: bytes in, notes out; nothing outside of bytes is read, and a damaged
 * file only has fewer notes.
 *
 * Sources: Ultra HDR image format 1.1 (Adobe's hdrgm name space), ISO/TS 21496-1, Apple's HDRGainMap, CIPA DC-007
 * (MPF); C2PA technical specification 2.1, A.3 (where a manifest is in each kind of file); IPTC photo metadata standard
 * (DigitalSourceType); PNG third edition, TIFF 6.0 and BigTIFF, WebP container, GIF 89a, ISO/IEC 14496-12.
 */
#ifndef KNEE_DROPPED_H
#define KNEE_DROPPED_H

#include <stddef.h>
#include <stdint.h>

#include "pipeline/images/input/notes.h"
#include "pipeline/images/input/sniff.h"

/* Adds what is found to notes. A clip has no notes: that one frame of it is shown is what a poster is. */
void dropped_find(enum image_kind kind, const uint8_t *data, size_t bytes, struct notes *notes);

#endif
