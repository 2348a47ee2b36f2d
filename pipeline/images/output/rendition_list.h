/* rendition_list.h: RENDITIONS.json or RENDITIONS.csv in the output folder: what an application has to know of each
 * output. Its rows are in the order of the manifest and do not depend on how the run was done.
 *
 * JSON: {"format": "knee-renditions 1", "renditions": [one object a line]}. A path that is not UTF-8 has U+FFFD in the
 * place of the bytes in question, and its bytes in "path_base64" or "source_base64". CSV: a heading, then one line an
 * output as RFC 4180 has it, with paths as they are.
 *
 * Caller's sequence: as that of the manifest's writer (manifest.h).
 */
#ifndef KNEE_RENDITION_LIST_H
#define KNEE_RENDITION_LIST_H

#include <stdint.h>

#include "pipeline/images/output/image_result.h"
#include "pipeline/images/output/whole_file.h"

enum rendition_list_form { RENDITION_LIST_JSON, RENDITION_LIST_CSV, RENDITION_LIST_NONE };
/* "json", "csv", "none"; NULL-terminated. */
extern const char *const rendition_list_forms[];

struct rendition_list {
    struct whole_file whole;
    enum rendition_list_form form;
    uint64_t rows;
};

/* Removes the list of the other form; with RENDITION_LIST_NONE both, and the functions below do nothing. Returns 0, or
 * -1 with fault. */
int rendition_list_begin(struct rendition_list *list, const char *folder, enum rendition_list_form form,
                         struct fault *fault);
void rendition_list_put(struct rendition_list *list, const char *path, const char *source,
                        const struct rendition *rendition, const struct image_output *output);
/* Returns 0, or -1 with fault, also when a row could not be written. */
int rendition_list_end(struct rendition_list *list, struct fault *fault);
void rendition_list_abandon(struct rendition_list *list);

#endif
