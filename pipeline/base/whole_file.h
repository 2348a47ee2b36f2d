/* whole_file.h: a file for others to read that is whole, or as it was.
 *
 * It is written under another name in the same folder, brought to the disk, and renamed. A device or FIFO is refused,
 * as the rename would put a file in its place; a link is replaced, and the file behind it stays.
 */
#ifndef KNEE_WHOLE_FILE_H
#define KNEE_WHOLE_FILE_H

#include <stdio.h>

#include "pipeline/base/fault.h"

/* Writes the content to file, which belongs to the caller. Returns 0, or -1 with fault; what the stream itself could
 * not take need not be looked at. */
typedef int whole_file_content(FILE *file, const void *context, struct fault *fault);

/* Returns 0, or -1 with fault: path is as it was, and nothing else is left in the folder. */
int whole_file_write(const char *path, whole_file_content *content, const void *context, struct fault *fault);

#endif
