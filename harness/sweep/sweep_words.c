/* What a sweep calls its cells (sweep.h). */
#include <inttypes.h>
#include <stdio.h>

#include "harness/sweep/sweep.h"

const char *sweep_cell_text(const struct subject *subject, const struct plan_cell *cell, char *text,
                            size_t bytes)
{
    char pressure[ANTAGONIST_TEXT_BYTES], chunk[48] = "";

    if (cell->role == PLAN_SERIAL)
        snprintf(text, bytes, "serial");
    else if (cell->role == PLAN_ANTAGONIST)
        snprintf(text, bytes, "1 worker, antagonist: %s",
                 antagonist_text(&cell->antagonist, pressure, sizeof pressure));
    else if (cell->nodes)
        snprintf(text, bytes, "%" PRIu32 " node%s with %" PRIu32 " worker%s", cell->nodes,
                 cell->nodes == 1 ? "" : "s", cell->workers / cell->nodes,
                 cell->workers == cell->nodes ? "" : "s");
    else {
        if (subject->has_chunk)
            snprintf(chunk, sizeof chunk, ", chunk %" PRIu64, cell->chunk);
        snprintf(text, bytes, "%" PRIu32 " worker%s%s%s%s", cell->workers, cell->workers == 1 ? "" : "s",
                 chunk, subject->has_policy ? ", " : "",
                 subject->has_policy ? chunk_policy_name(cell->policy) : "");
    }
    return text;
}
