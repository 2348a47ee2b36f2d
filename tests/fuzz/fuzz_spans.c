/* Spans from any program: spans_parse(), spans_check(), and the item table made of those that hold. */
#include <stdlib.h>
#include <string.h>

#include "harness/trial/spans.h"
#include "harness/trial/spans_table.h"
#include "tests/fuzz/fuzz.h"

enum { WORKERS = 3 };

static void make_table(const struct spans *spans, uint64_t begin_ns, uint64_t end_ns)
{
    struct spans_items items = {0};
    struct item_table table = {.fd = -1};
    struct fault fault = {0};

    if (spans_items_take(&items, spans, &fault) == 0 &&
        spans_table(&table, spans, &items, WORKERS, begin_ns, end_ns, &fault) == 0) {
        if (table.items != items.count || table.workers != WORKERS)
            abort();
        item_table_close(&table);
    } else if (!fault.text[0]) {
        abort(); /* refused without a reason */
    }
    spans_items_release(&items);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint64_t begin_ns = 1000000000, end_ns = 9000000000;
    struct spans spans = {0};
    struct fault fault = {0};

    if (spans_parse((const char *)data, size, &spans, &fault)) {
        if (!fault.text[0])
            abort();
        return 0;
    }
    if (spans.bad > spans.lines || spans.count > spans.lines || (spans.bad && !spans.reason[0]))
        abort();
    for (size_t i = 0; i < spans.count; i++)
        if (spans.span[i].end_ns < spans.span[i].start_ns || !memchr(spans.span[i].kind, 0, SPANS_KIND_BYTES))
            abort();
    if (spans_check(&spans, WORKERS, begin_ns, end_ns, &fault) == 0)
        make_table(&spans, begin_ns, end_ns);
    else if (!fault.text[0])
        abort();
    spans_release(&spans);
    return 0;
}
