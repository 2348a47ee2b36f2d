/* output_digest.h: what a command wrote, as one SHA-256, so that trials can be compared. */
#ifndef KNEE_OUTPUT_DIGEST_H
#define KNEE_OUTPUT_DIGEST_H

#include "pipeline/base/fault.h"

/* Of a file: its bytes. Of a folder: for each file below it, in the order of the bytes of its path, path, size and
 * bytes; links are not followed, and count by their target. Returns 0, or -1 with fault: not there, not readable,
 * neither file nor folder. */
int output_digest(const char *path, char hex[65], struct fault *fault);

#endif
