/* paths.h: where the program itself and the files shipped with it are. */
#ifndef KNEE_PATHS_H
#define KNEE_PATHS_H

#include <stddef.h>

#include "pipeline/base/fault.h"

/* The path of this program, for starting it again (a trial is a new process). NULL when the kernel does not report it.
 */
const char *paths_self(char *buffer, size_t bytes);
/* The same where it is needed. Returns 0, or -1 with fault. */
int paths_program(char *buffer, size_t bytes, struct fault *fault);

/* The folder of the bundle (make bundle) that this program runs from, which holds its loader and libraries. NULL when
 * it does not run from one. */
const char *paths_bundle(char *buffer, size_t bytes);

/* The path of a shipped file or folder, named as in the source tree ("pipeline/recipes/web.recipe"). Looked
 * for, in order, below $KNEE_DATA, next to an installed program (../share/knee), and in the source tree that
 * holds the program (../). Returns buffer; when the file is in none of them, the path in the first of these places,
 * so that the caller's message about opening it names one. */
const char *paths_data(const char *relative, char *buffer, size_t bytes);

#endif
