/* jpeg_warnings.h: what a warning of the JPEG library means for a picture: the one rule of both engines, for baseline
 * and progressive files alike.
 *
 * The library warns of lost pixels and of harmless oddities in the same way. Here a warning fails the picture when
 * pixels are lost: the library fills them with grey or with their neighbours. Otherwise the picture is accepted, with
 * a note where its bytes are not as the standard wants them. The table is in jpeg_warnings.c and docs/formats.md.
 *
 * Bytes that belong to no scan need a closer look, for they are also what is left over when a damaged scan decodes to
 * too few coefficients. They are filling, and harmless, when they have at most two different values, end at a marker
 * of the file, and are few (at most 64, or 1/32 of the file). Before the first scan any bytes are harmless.
 *
 * A missing end of file is harmless when every scan was complete: the library warns again when a scan needs bits that
 * are not there, and jpeg_warnings_missing() finds scans that are not there.
 */
#ifndef KNEE_JPEG_WARNINGS_H
#define KNEE_JPEG_WARNINGS_H

#include <stddef.h>
#include <stdio.h>

#include <jpeglib.h>

#include "pipeline/images/input/notes.h"

enum jpeg_verdict { JPEG_ACCEPT, JPEG_ACCEPT_WITH_NOTE, JPEG_FAIL };

/* On the warning that codec->err holds. data: the file, which the library reads from memory; NULL when codec writes
 * one. *note is set with JPEG_ACCEPT_WITH_NOTE. */
enum jpeg_verdict jpeg_warnings_verdict(j_common_ptr codec, const JOCTET *data, size_t bytes,
                                        enum note *note);

/* How many bytes in front of the library's place the function above reads at most, of a file of that many. */
size_t jpeg_warnings_look_back(size_t bytes);

/* After the last row: what no scan has brought, as a reason; NULL when all is there. cut: the file has no end marker,
 * so that its last scans may be missing. */
const char *jpeg_warnings_missing(j_decompress_ptr jpeg, bool cut);

#endif
