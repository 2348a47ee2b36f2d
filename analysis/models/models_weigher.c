/* models_weigher.c: the shape parameters for many weightings of the blocks. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/models/models_internal.h"

static const bool all_free[MODEL_SHAPES] = {false, false};

struct model_weigher {
    struct design design;
    struct search search;
    double first[MODEL_SHAPES]; /* the estimate with equal weights: where every search begins */
};

struct model_weigher *model_weigher_open(enum model_kind kind, const struct scaling_data *data)
{
    struct model_weigher *w = calloc(1, sizeof *w);
    double nothing[MODEL_SHAPES] = {NAN, NAN};
    char reason[192];

    if (!w || design_make(&w->design, data, reason, sizeof reason)) {
        free(w);
        return NULL;
    }
    if (w->design.cells <= model_table[kind].shapes || search_open(&w->search, &w->design, kind)) {
        design_release(&w->design);
        free(w);
        return NULL;
    }
    search_least(&w->search, nothing, w->first);
    return w;
}

int model_weigher_fit(struct model_weigher *w, const double *block_weights, double *theta)
{
    bool settled;

    if (design_weigh(&w->design, block_weights))
        return -1;
    memcpy(theta, w->first, sizeof w->first);
    search_descend(&w->search, all_free, false, theta, &settled);
    return settled ? 0 : -1;
}

void model_weigher_close(struct model_weigher *w)
{
    if (!w)
        return;
    search_close(&w->search);
    design_release(&w->design);
    free(w);
}
