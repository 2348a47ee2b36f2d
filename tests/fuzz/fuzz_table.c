/* A table of times from anywhere: table_parse() and table_study(). */
#include <stdlib.h>

#include "harness/tables/table_study.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct table_request request = {.weak = size % 2};
    struct study_data study;
    struct table table;
    struct fault fault = {0};
    char *text = g_strndup((const char *)data, size);

    if (table_parse("table", text, size, &table, &fault) == 0) {
        if (table_study(&table, &request, &study, &fault) == 0) {
            for (unsigned i = 0; i < study.trials->len; i++) {
                const struct data_trial *trial = &g_array_index(study.trials, struct data_trial, i);
                if (!(trial->wall_s >= 0) || trial->cell >= study.cells->len)
                    abort();
            }
            study_data_release(&study);
            fault.text[0] = '-';
        }
        table_release(&table);
    }
    if (!fault.text[0])
        abort(); /* refused without a reason */
    g_free(text);
    return 0;
}
