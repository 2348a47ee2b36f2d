/* A counter group from anywhere, with its formulas. */
#include <math.h>
#include <stdlib.h>

#include <glib.h>

#include "harness/machine/counters/counter_group.h"
#include "tests/fuzz/fuzz.h"

static enum formula_input look_up(void *context, const char *name, double *value, char *reason)
{
    (void)context;
    (void)reason;
    *value = name[0] - 'a';
    return INPUT_VALUE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct counter_group group;
    struct fault fault = {0};
    char *text = g_strndup((const char *)data, size);

    if (counter_group_parse("group", text, &group, &fault) == 0) {
        for (uint32_t i = 0; i < group.derived_count; i++) {
            struct formula_result result = formula_evaluate(group.derived[i].formula, look_up, NULL);
            if ((result.state == FORMULA_VALUE) != (isfinite(result.value) != 0))
                abort();
        }
        counter_group_release(&group);
    } else if (!fault.text[0]) {
        abort(); /* refused without a reason */
    }
    g_free(text);
    return 0;
}
