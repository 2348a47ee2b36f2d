/* jxl_output.h: what a libjxl encoder writes, into memory. */
#ifndef KNEE_JXL_OUTPUT_H
#define KNEE_JXL_OUTPUT_H

#include <stddef.h>

#include <jxl/encode.h>

#include "pipeline/base/fault.h"

/* Everything that the encoder has been given; its input has been closed. data is the caller's, free(). Returns 0, or
 * -1 with fault. */
int jxl_output_take(JxlEncoder *encoder, void **data, size_t *bytes, struct fault *fault);

/* Adds an uncompressed Exif box: a TIFF structure. JxlEncoderUseBoxes() has been called. Returns 0, or -1 with
 * fault. */
int jxl_output_add_exif(JxlEncoder *encoder, const void *tiff, size_t bytes, struct fault *fault);

/* "libjxl cannot <what>: error n". Returns -1. */
int jxl_output_complain(JxlEncoder *encoder, const char *what, struct fault *fault);

#endif
