#include "harness/console/nodes_print.h"

#include <math.h>

#include "harness/console/value_text.h"
#include "harness/console/wrapped.h"
#include "harness/fit/fit_nodes.h"

static void print_share(double core_s, double total_s, FILE *out)
{
    if (isnan(core_s / total_s))
        fprintf(out, " %8s", "-");
    else
        fprintf(out, " %7.1f%%", 100 * core_s / total_s);
}

static void print_cell(const struct fit_nodes_cell *cell, FILE *out)
{
    char efficiency[64];

    fprintf(out, "%5u %5u", cell->nodes, cell->workers / cell->nodes);
    if (!cell->trials) {
        fprintf(out, "  no trial counts\n");
        return;
    }
    fprintf(out, " %9.2f %8.2f %14s", cell->wall_s.value, cell->speedup.value,
            interval_percent_text(&cell->efficiency, efficiency, sizeof efficiency));
    print_share(cell->useful_s, cell->total_s, out);
    print_share(cell->core_s[NODES_WORK] - cell->useful_s, cell->total_s, out);
    for (int i = NODES_WORK + 1; i < NODES_CAUSES; i++)
        print_share(cell->core_s[i], cell->total_s, out);
    fputc('\n', out);
}

bool nodes_print(const struct study_data *study, FILE *out)
{
    GArray *cells = fit_nodes_make(study);
    bool any = cells->len > 0;

    if (any)
        fprintf(out,
                "nodes  each    time s  speedup     efficiency   useful   slower schedule  staging   uneven"
                "    merge\n");
    for (unsigned i = 0; i < cells->len; i++)
        print_cell(&g_array_index(cells, struct fit_nodes_cell, i), out);
    if (any)
        wrapped_print(
            out, 2,
            "each: workers of a node. Shares of all core-seconds: useful as with one worker on one node; "
            "slower: the rest of the work in shards; schedule: a node waits for its next shard; staging: a "
            "shard begins and ends; uneven: a node has no shard left; merge: after the last shard");
    g_array_free(cells, TRUE);
    return any;
}
