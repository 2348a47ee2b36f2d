/* A list of failed items from anywhere: failed_list_read(). Paths come out sorted, and are found. */
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/images/output/failed_list.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char folder[4096];
    struct failed_list list;
    struct fault fault = {0};

    snprintf(folder, sizeof folder, "%s", fuzz_file("FAILED.tsv", data, size));
    if (failed_list_read(&list, dirname(folder), &fault)) {
        if (!fault.text[0])
            abort(); /* refused without a reason */
        return 0;
    }
    for (uint64_t i = 0; i < list.count; i++)
        if (!list.paths[i][0] || (i && strcmp(list.paths[i - 1], list.paths[i]) > 0) ||
            !failed_list_has(&list, list.paths[i]))
            abort();
    failed_list_release(&list);
    return 0;
}
