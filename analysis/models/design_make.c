/* design_make.c: observations sorted into blocks and worker counts, for design.c to work on. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/models/design_internal.h"

/* --- indices -------------------------------------------------------------------------------------- */

struct row {
    unsigned workers, block;
    double seconds;
};

static int by_block(const void *a, const void *b)
{
    const struct row *x = a, *y = b;

    if (x->block != y->block)
        return (x->block > y->block) - (x->block < y->block);
    return (x->workers > y->workers) - (x->workers < y->workers);
}

static int by_value(const void *a, const void *b)
{
    unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

    return (x > y) - (x < y);
}

/* The rows that take part, sorted by block; NULL without memory. */
static struct row *take_rows(const struct scaling_data *data, size_t *count)
{
    struct row *rows = calloc(data->count + 1, sizeof *rows);

    *count = 0;
    for (size_t i = 0; i < data->count && rows; i++) {
        const struct observation *o = &data->observation[i];
        if (data->cores == 0 || o->workers <= data->cores)
            rows[(*count)++] = (struct row){o->workers, data->paired ? o->block : 0, o->seconds};
    }
    if (rows)
        qsort(rows, *count, sizeof *rows, by_block);
    return rows;
}

/* Distinct worker counts, rising; NULL without memory. */
static unsigned *list_workers(const struct row *rows, size_t count, size_t *cells)
{
    unsigned *list = calloc(count + 1, sizeof *list);

    *cells = 0;
    if (!list)
        return NULL;
    for (size_t i = 0; i < count; i++)
        list[i] = rows[i].workers;
    qsort(list, count, sizeof *list, by_value);
    for (size_t i = 0; i < count; i++)
        if (i == 0 || list[i] != list[i - 1])
            list[(*cells)++] = list[i];
    return list;
}

static size_t cell_of(const unsigned *workers, size_t cells, unsigned value)
{
    const unsigned *found = bsearch(&value, workers, cells, sizeof *workers, by_value);

    return found ? (size_t)(found - workers) : 0;
}

/* --- connection ----------------------------------------------------------------------------------- */

static size_t root_of(size_t *parent, size_t i)
{
    while (parent[i] != i)
        i = parent[i] = parent[parent[i]];
    return i;
}

static size_t count_parts(const struct row *rows, size_t count, const unsigned *workers, size_t cells)
{
    size_t *parent = calloc(cells + 1, sizeof *parent), parts = 0;

    for (size_t c = 0; c < cells && parent; c++)
        parent[c] = c;
    for (size_t i = 1; i < count && parent; i++)
        if (rows[i].block == rows[i - 1].block)
            parent[root_of(parent, cell_of(workers, cells, rows[i].workers))] =
                root_of(parent, cell_of(workers, cells, rows[i - 1].workers));
    for (size_t c = 0; c < cells && parent; c++)
        parts += parent[c] == c;
    free(parent);
    return parts;
}

size_t design_parts(const struct scaling_data *data)
{
    size_t count, cells = 0, parts = 0;
    struct row *rows = take_rows(data, &count);
    unsigned *workers = rows ? list_workers(rows, count, &cells) : NULL;

    if (workers)
        parts = count_parts(rows, count, workers, cells);
    free(rows);
    free(workers);
    return parts;
}

/* --- blocks --------------------------------------------------------------------------------------- */

static void centre_blocks(struct design *d)
{
    for (size_t from = 0, to; from < d->count; from = to) {
        size_t b = d->block[from];
        double sum = 0;
        to = design_block_end(d, from);
        for (size_t i = from; i < to; i++)
            sum += d->log_time[i];
        d->block_size[b] = (double)(to - from);
        d->block_mean[b] = sum / d->block_size[b];
        for (size_t i = from; i < to; i++)
            d->centred[i] = d->log_time[i] - d->block_mean[b];
    }
}

struct span {
    const size_t *cell;
    size_t count, block;
};

static int by_composition(const void *a, const void *b)
{
    const struct span *x = a, *y = b;

    return x->count != y->count ? (x->count > y->count) - (x->count < y->count)
                                : memcmp(x->cell, y->cell, x->count * sizeof *x->cell);
}

/* Numbers the compositions of blocks. */
static int find_patterns(struct design *d)
{
    struct span *span = calloc(d->blocks + 1, sizeof *span);

    if (!span)
        return -1;
    for (size_t from = 0, to; from < d->count; from = to) {
        to = design_block_end(d, from);
        span[d->block[from]] = (struct span){d->cell + from, to - from, d->block[from]};
    }
    qsort(span, d->blocks, sizeof *span, by_composition);
    for (size_t i = 0; i < d->blocks; i++) {
        d->patterns += i == 0 || by_composition(&span[i - 1], &span[i]) != 0;
        d->pattern[span[i].block] = d->patterns - 1;
    }
    d->proportional = d->patterns == 1;
    free(span);
    return 0;
}

static void find_residuals(struct design *d)
{
    d->pure = 0;
    for (size_t from = 0, to; from < d->count; from = to) {
        double mean = 0;
        to = design_block_end(d, from);
        for (size_t i = from; i < to; i++)
            mean += d->log_time[i] - d->effect[d->cell[i]];
        mean /= (double)(to - from);
        for (size_t i = from; i < to; i++) {
            d->residual[i] = d->log_time[i] - d->effect[d->cell[i]] - mean;
            d->pure += d->residual[i] * d->residual[i];
        }
    }
}

/* --- making --------------------------------------------------------------------------------------- */

static int reserve(struct design *d)
{
    size_t rows = d->count + 1, cells = d->cells + 1;

    d->cell = calloc(rows, sizeof *d->cell);
    d->block = calloc(rows, sizeof *d->block);
    d->log_time = calloc(rows, sizeof *d->log_time);
    d->centred = calloc(rows, sizeof *d->centred);
    d->pattern = calloc(rows, sizeof *d->pattern);
    d->pattern_weight = calloc(rows, sizeof *d->pattern_weight);
    d->image = calloc(cells, sizeof *d->image);
    d->residual = calloc(rows, sizeof *d->residual);
    d->block_size = calloc(rows, sizeof *d->block_size);
    d->block_mean = calloc(rows, sizeof *d->block_mean);
    d->cell_size = calloc(cells, sizeof *d->cell_size);
    d->effect = calloc(cells, sizeof *d->effect);
    d->rounding = calloc(cells, sizeof *d->rounding);
    d->work = calloc(cells, sizeof *d->work);
    d->metric = calloc(cells * cells, sizeof *d->metric);
    d->inverse = calloc(cells * cells, sizeof *d->inverse);
    return d->cell && d->block && d->log_time && d->centred && d->pattern && d->pattern_weight && d->image &&
                   d->residual && d->block_size && d->block_mean && d->cell_size && d->effect &&
                   d->rounding && d->work && d->metric && d->inverse
               ? 0
               : -1;
}

void design_release(struct design *d)
{
    free(d->workers);
    free(d->cell);
    free(d->block);
    free(d->log_time);
    free(d->centred);
    free(d->pattern);
    free(d->pattern_weight);
    free(d->image);
    free(d->residual);
    free(d->block_size);
    free(d->block_mean);
    free(d->cell_size);
    free(d->effect);
    free(d->rounding);
    free(d->work);
    free(d->metric);
    free(d->inverse);
    *d = (struct design){0};
}

static const struct row *find_bad(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!(rows[i].seconds > 0) || !isfinite(rows[i].seconds) || rows[i].workers == 0)
            return &rows[i];
    return NULL;
}

static void find_rounding(struct design *d, const struct scaling_data *data)
{
    double variance = d->df > 0 ? d->pure / d->df : 0;

    for (size_t i = 0; i < d->count; i++)
        d->rounding[d->cell[i]] += d->log_time[i] / d->cell_size[d->cell[i]];
    for (size_t c = 0; c < d->cells; c++)
        d->rounding[c] = scaling_rounding(
            data->resolution, scaling_recorded(data, d->workers[c], exp(d->rounding[c])), variance);
}

static int fill(struct design *d, const struct scaling_data *data, const struct row *rows, char *reason,
                size_t reason_bytes)
{
    if (d->cells > DESIGN_MOST_CELLS) {
        snprintf(reason, reason_bytes, "%zu worker counts: at most %d can be fitted", d->cells,
                 (int)DESIGN_MOST_CELLS);
        return -1;
    }
    if (reserve(d)) {
        snprintf(reason, reason_bytes, "out of memory");
        return -1;
    }
    for (size_t i = 0; i < d->count; i++) {
        d->blocks += i == 0 || rows[i].block != rows[i - 1].block;
        d->block[i] = d->blocks - 1;
        d->cell[i] = cell_of(d->workers, d->cells, rows[i].workers);
        d->log_time[i] = log(rows[i].seconds);
    }
    centre_blocks(d);
    if (find_patterns(d)) {
        snprintf(reason, reason_bytes, "out of memory");
        return -1;
    }
    if (d->count > 0 && (count_parts(rows, d->count, d->workers, d->cells) != 1 || design_weigh(d, NULL))) {
        snprintf(reason, reason_bytes,
                 "no block connects all worker counts: blocks and worker counts cannot be separated");
        return -1;
    }
    find_residuals(d);
    d->df = d->count + 1 > d->cells + d->blocks ? (unsigned)(d->count + 1 - d->cells - d->blocks) : 0;
    if (data->resolution > 0)
        find_rounding(d, data);
    return 0;
}

int design_make(struct design *d, const struct scaling_data *data, char *reason, size_t reason_bytes)
{
    struct row *rows;
    const struct row *bad;
    int status = -1;

    *d = (struct design){.paired = data->paired};
    rows = take_rows(data, &d->count);
    d->workers = rows ? list_workers(rows, d->count, &d->cells) : NULL;
    if (!d->workers)
        snprintf(reason, reason_bytes, "out of memory");
    else if ((bad = find_bad(rows, d->count)))
        snprintf(reason, reason_bytes, "a time at %u workers is not a finite number above 0", bad->workers);
    else
        status = fill(d, data, rows, reason, reason_bytes);
    free(rows);
    if (status)
        design_release(d);
    return status;
}
