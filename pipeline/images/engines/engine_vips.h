/* engine_vips.h: the engine that decodes, scales and encodes by libvips.
 *
 * engine_vips_setup() runs in the parent, single-threaded and before any fork: it initialises the library
 * (types, modules), forbids every loader but those listed there, switches the operation cache off and sets
 * one thread for computing. It runs no image operation: libvips' vector code is in memory that forked
 * processes would share and overwrite. All else runs in workers.
 *
 * Decoding, conversion to sRGB and the first reduction run strip by strip (vips_base.h), so they are one stage here
 * too, "decode". libvips decodes and converts; the scaler is scale.h, as for planes.
 *
 * Properties of the pixels:
 * - a JPEG is reduced by 2, 4 or 8 by its decoder, and a JPEG 2000 by 2 (reduction.h); Lanczos does the rest. Other
 *   formats are decoded whole; of a TIFF with several pages or levels, and of an animation, the first picture is used,
 *   unless that is a thumbnail (vips_picture.h).
 * - scaling works on gamma-encoded values, as in most tools, and premultiplies alpha.
 * - a profile equivalent to sRGB is dropped (colour_profile.h); one that is not for the picture's channels, or cannot
 *   be read, is passed over with a note; any other is applied. Without a profile, colours are what the file says
 *   otherwise (colour_tags.h), or sRGB (CMYK: through libvips' own profile).
 * - a decoder's warning is an error here; of the JPEG library, those that mean lost pixels (jpeg_warnings.h); of the
 *   TIFF library, whose warnings are mostly about odd tags, those that mean lost pixels.
 */
#ifndef KNEE_ENGINE_VIPS_H
#define KNEE_ENGINE_VIPS_H

#include "pipeline/images/engines/engine.h"

int engine_vips_setup(struct fault *fault);

/* As decode of struct engine, for the poster frame of the clip in fd. */
int engine_vips_decode_clip(int fd, const struct recipe *recipe, struct pixels *base,
                            struct engine_size *size, struct notes *notes, struct fault *fault);

/* Metadata of a picture of HEIF or JPEG XL; unknown when it has none or cannot be read. */
void engine_vips_metadata(const void *data, size_t bytes, struct metadata *metadata);

#endif
