#include "harness/fit/three_ways.h"

#include <math.h>
#include <stdio.h>

#include "harness/fit/fit.h"
#include "harness/fit/fit_json.h"
#include "harness/fit/prediction.h"

static const enum three_ways_way pairs[WAY_PAIRS][2] = {
    {WAY_SIMULATED, WAY_REPLAYED}, {WAY_SIMULATED, WAY_EMULATED}, {WAY_REPLAYED, WAY_EMULATED}};

const char *three_ways_name(enum three_ways_way way)
{
    static const char *const names[WAYS] = {"simulated", "replayed", "emulated"};

    return names[way];
}

const char *three_ways_purpose(void)
{
    return "emulated trials compute real items on shares of real cores: they test the pool, its start and "
           "its dispatch. Their few items are drawn for the tail of the batch and have not all of its sizes: "
           "for what the batch does, read the replay";
}

/* --- the studies ------------------------------------------------------------------------------ */

int three_ways_check(const struct study_data *study, const struct study_data *other, enum three_ways_way way,
                     struct fault *fault)
{
    bool replayed = study_data_fact(other, "replay_of") != NULL,
         emulated = study_data_fact(other, "emulated_cores") != NULL;
    const char *here = study_data_fact(study, "batch_sha256"),
               *there = study_data_fact(other, "batch_sha256");

    if (way == WAY_REPLAYED ? !replayed : !emulated)
        return fault_set(fault, "%s is not of %s: give a study that 'knee sweep --%s' made", other->name,
                         way == WAY_REPLAYED ? "a replayed batch" : "emulated cores",
                         way == WAY_REPLAYED ? "replay" : "emulate");
    if (g_strcmp0(here, there) != 0)
        return fault_set(fault, "%s is of another batch than %s: the same items are compared only",
                         other->name, study->name);
    return 0;
}

/* Of one batch: the same number of items in trials is all of it, or the same sample of the same seed. */
static bool have_same_items(const struct study_data *one, const struct study_data *other)
{
    return g_strcmp0(study_data_fact(one, "batch_sha256"), study_data_fact(other, "batch_sha256")) == 0 &&
           g_strcmp0(study_data_fact(one, "items"), study_data_fact(other, "items")) == 0 &&
           g_strcmp0(study_data_fact(one, "sample"), study_data_fact(other, "sample")) == 0;
}

/* --- rows ------------------------------------------------------------------------------------- */

static struct three_ways_row *find_row(const struct three_ways *ways, unsigned workers, int64_t chunk,
                                       const char *policy)
{
    for (unsigned i = 0; i < ways->rows->len; i++) {
        struct three_ways_row *row = &g_array_index(ways->rows, struct three_ways_row, i);
        if (row->workers == workers && row->chunk == chunk && g_strcmp0(row->policy, policy) == 0)
            return row;
    }
    return NULL;
}

static void put_way(struct three_ways_row *row, enum three_ways_way way, const struct prediction *prediction,
                    const struct prediction_check *check)
{
    row->seconds[way] = check->measured;
    row->predicted[way] = check->predicted;
    row->parts[way] = three_ways_parts_of(prediction, check);
}

static void add_check(struct three_ways *ways, const struct prediction *prediction,
                      const struct prediction_check *check, enum three_ways_way way)
{
    const struct data_cell *cell = &g_array_index(prediction->study->cells, struct data_cell, check->cell);
    struct three_ways_row *same =
        ways->same_items ? find_row(ways, cell->workers, cell->chunk, cell->policy) : NULL;
    struct three_ways_row made = {.of = three_ways_name(way),
                                  .items = prediction->measured_items,
                                  .workers = cell->workers,
                                  .chunk = cell->chunk,
                                  .policy = cell->policy};

    if (same) {
        same->of = "both";
        put_way(same, way, prediction, check);
        return;
    }
    for (int w = 0; w < WAYS; w++) {
        made.seconds[w] =
            interval_unknown("no %s trials of these items", three_ways_name((enum three_ways_way)w));
        made.predicted[w] = made.seconds[w];
        made.parts[w] = (struct three_ways_parts){made.seconds[w], made.seconds[w]};
    }
    made.seconds[WAY_SIMULATED] = check->predicted;
    put_way(&made, way, prediction, check);
    g_array_append_val(ways->rows, made);
}

static void add_study(struct three_ways *ways, const struct fit_account *account, enum three_ways_way way)
{
    struct predict_request request = {.cores = account->study->cores};
    struct prediction prediction = {0};
    struct fault fault = {.text = ""};

    if (prediction_make(account, &request, &prediction, &fault)) {
        three_ways_leave_out(ways, way, fault.text);
        return;
    }
    for (unsigned i = 0; i < prediction.checks->len; i++)
        add_check(ways, &prediction, &g_array_index(prediction.checks, struct prediction_check, i), way);
    prediction_release(&prediction);
}

/* --- differences ------------------------------------------------------------------------------ */

static double half_of(const struct interval *interval)
{
    return log(interval->high / interval->low) / 2;
}

/* Simulated over measured, with the times that the items of that way took. */
static struct interval pool_of(const struct three_ways_row *row, enum three_ways_way way)
{
    struct interval ratio = row->parts[way].pool;

    ratio.value += 1;
    ratio.low += 1;
    ratio.high += 1;
    return ratio;
}

static void compare(struct three_ways *ways, struct three_ways_row *row, int pair)
{
    struct three_ways_difference *difference = &row->difference[pair];
    enum three_ways_way first = pairs[pair][0], second = pairs[pair][1];
    struct interval top = first == WAY_SIMULATED ? row->predicted[second] : pool_of(row, second),
                    bottom = first == WAY_SIMULATED ? row->seconds[second] : pool_of(row, first);
    const struct interval *a = &top, *b = &bottom;
    double ratio = a->value / b->value, half;

    difference->first = first;
    difference->second = second;
    if (!interval_has_value(a) || !interval_has_value(b)) {
        difference->relative = interval_unknown("%s", interval_has_value(a) ? b->reason : a->reason);
        return;
    }
    if (!interval_has_bounds(a) || !interval_has_bounds(b)) {
        difference->relative =
            interval_point(ratio - 1, "%s", interval_has_bounds(a) ? b->reason : a->reason);
        return;
    }
    half = hypot(half_of(a), half_of(b));
    difference->relative = interval_bounded(ratio - 1, ratio * exp(-half) - 1, ratio * exp(half) - 1,
                                            FIT_LEVEL, "both intervals");
    difference->differ = difference->relative.low > 0 || difference->relative.high < 0;
    ways->compared++;
    ways->differ += difference->differ;
}

void three_ways_make(const struct fit_account *replayed, const struct fit_account *emulated,
                     struct three_ways *ways)
{
    *ways = (struct three_ways){.rows = g_array_new(FALSE, TRUE, sizeof(struct three_ways_row)),
                                .same_items = replayed && emulated &&
                                              have_same_items(replayed->study, emulated->study)};
    ways->pool = replayed ? replay_overhead_of(replayed->study) : (struct replay_overhead){.share = NAN};
    if (replayed)
        add_study(ways, replayed, WAY_REPLAYED);
    if (emulated)
        add_study(ways, emulated, WAY_EMULATED);
    for (unsigned i = 0; i < ways->rows->len; i++)
        for (int p = 0; p < WAY_PAIRS; p++)
            compare(ways, &g_array_index(ways->rows, struct three_ways_row, i), p);
}

void three_ways_leave_out(struct three_ways *ways, enum three_ways_way way, const char *reason)
{
    snprintf(ways->left_out[way], sizeof ways->left_out[way], "%s", reason);
}

void three_ways_release(struct three_ways *ways)
{
    if (ways->rows)
        g_array_free(ways->rows, TRUE);
    *ways = (struct three_ways){0};
}

/* --- words and JSON --------------------------------------------------------------------------- */

/* The row and the way of the trials in which a difference is the largest; only_beyond: of those beyond both intervals.
 * NULL: there is none. */
static const struct three_ways_row *find_largest(const struct three_ways *ways, enum three_ways_way way,
                                                 bool only_beyond, const struct three_ways_difference **found)
{
    const struct three_ways_row *largest = NULL;

    *found = NULL;
    for (unsigned i = 0; i < ways->rows->len; i++) {
        const struct three_ways_row *row = &g_array_index(ways->rows, struct three_ways_row, i);
        for (int p = 0; p < WAY_PAIRS; p++) {
            const struct three_ways_difference *difference = &row->difference[p];
            if (!interval_has_value(&difference->relative) || (only_beyond && !difference->differ) ||
                (way != WAYS && (difference->first != WAY_SIMULATED || difference->second != way)) ||
                (*found && fabs(difference->relative.value) <= fabs((*found)->relative.value)))
                continue;
            *found = difference;
            largest = row;
        }
    }
    return largest;
}

const char *three_ways_warning(const struct three_ways *ways, char *text, size_t bytes)
{
    const struct three_ways_difference *difference;
    const struct three_ways_row *row = find_largest(ways, WAYS, true, &difference);
    const struct three_ways_parts *parts = row ? &row->parts[difference->second] : NULL;
    const char *cause = "one of them leaves out a cause";

    text[0] = '\0';
    if (!row)
        return text;
    if (difference->first == WAY_SIMULATED && interval_has_value(&parts->items))
        cause =
            fabs(parts->pool.value) < fabs(parts->items.value)
                ? "where they differ most, items took other times in the trials than was predicted, and the "
                  "pool around them does what it is simulated to do"
                : "where they differ most, the pool does something that its simulation leaves out";
    snprintf(
        text, bytes,
        "simulation, replay and emulation differ by more than their intervals in %u of %u comparisons: %s",
        ways->differ, ways->compared, cause);
    return text;
}

const char *three_ways_emulated(const struct three_ways *ways, char *text, size_t bytes)
{
    const struct three_ways_difference *difference;
    const struct three_ways_row *row = find_largest(ways, WAY_EMULATED, false, &difference);
    const struct three_ways_parts *parts = row ? &row->parts[WAY_EMULATED] : NULL;

    text[0] = '\0';
    if (row && interval_has_value(&parts->items))
        snprintf(text, bytes,
                 "simulated over emulated differs most with %u workers, %s: %+.1f%%, of which %+.1f%% "
                 "because items took other times than was predicted, and %+.1f%% by the pool around them",
                 row->workers, row->policy ? row->policy : "the order of the program",
                 100 * difference->relative.value, 100 * parts->items.value, 100 * parts->pool.value);
    return text;
}

const char *three_ways_left_out(const struct three_ways *ways, enum three_ways_way way, char *text,
                                size_t bytes)
{
    text[0] = '\0';
    if (ways->left_out[way][0])
        snprintf(text, bytes, "%s trials are not compared: %s", three_ways_name(way), ways->left_out[way]);
    return text;
}

static json_t *differences_json(const struct three_ways_row *row)
{
    json_t *array = json_array();

    for (int p = 0; p < WAY_PAIRS; p++) {
        const struct three_ways_difference *difference = &row->difference[p];
        json_t *object;
        char between[64];
        if (!interval_has_value(&difference->relative))
            continue;
        object = json_object();
        snprintf(between, sizeof between, "%s and %s", three_ways_name(difference->first),
                 three_ways_name(difference->second));
        fit_json_put(object, "between", fit_json_text(between));
        fit_json_put(object, "relative", fit_json_interval(&difference->relative));
        fit_json_put(object, "differ", json_boolean(difference->differ));
        fit_json_append(array, object);
    }
    return array;
}

static json_t *parts_json(const struct three_ways_row *row)
{
    json_t *array = json_array();

    for (int w = WAY_REPLAYED; w < WAYS; w++) {
        json_t *object;
        if (!interval_has_value(&row->parts[w].items))
            continue;
        object = json_object();
        fit_json_put(object, "of", fit_json_text(three_ways_name((enum three_ways_way)w)));
        fit_json_put(object, "items", fit_json_interval(&row->parts[w].items));
        fit_json_put(object, "pool", fit_json_interval(&row->parts[w].pool));
        fit_json_append(array, object);
    }
    return array;
}

static json_t *row_json(const struct three_ways_row *row)
{
    json_t *object = json_object();
    char key[32];

    fit_json_put(object, "of", fit_json_text(row->of));
    fit_json_put(object, "items", json_integer((json_int_t)row->items));
    fit_json_put(object, "workers", json_integer(row->workers));
    fit_json_put(object, "chunk", json_integer(row->chunk));
    fit_json_put(object, "policy", fit_json_text(row->policy));
    for (int w = 0; w < WAYS; w++) {
        snprintf(key, sizeof key, "%s_s", three_ways_name((enum three_ways_way)w));
        fit_json_put(object, key, fit_json_interval(&row->seconds[w]));
    }
    fit_json_put(object, "differences", differences_json(row));
    fit_json_put(object, "parts", parts_json(row));
    return object;
}

static json_t *pool_json(const struct replay_overhead *pool)
{
    json_t *object = json_object();
    char text[200];

    fit_json_put(object, "workers", fit_json_count(pool->workers));
    fit_json_put(object, "real_cores", fit_json_count(pool->real_cores));
    fit_json_put(object, "share", fit_json_number(pool->share));
    fit_json_put(object, "words", fit_json_text(replay_overhead_words(pool, text, sizeof text)));
    return object;
}

json_t *three_ways_json(const struct three_ways *ways)
{
    json_t *object = json_object(), *rows = json_array(), *warnings = json_array();
    char text[THREE_WAYS_BYTES], left_out[600];

    for (unsigned i = 0; i < ways->rows->len; i++)
        fit_json_append(rows, row_json(&g_array_index(ways->rows, struct three_ways_row, i)));
    if (three_ways_warning(ways, text, sizeof text)[0])
        fit_json_append(warnings, fit_json_text(text));
    for (int w = 0; w < WAYS; w++)
        if (three_ways_left_out(ways, (enum three_ways_way)w, left_out, sizeof left_out)[0])
            fit_json_append(warnings, fit_json_text(left_out));
    fit_json_put(object, "purpose", fit_json_text(three_ways_purpose()));
    fit_json_put(object, "pool", pool_json(&ways->pool));
    three_ways_emulated(ways, text, sizeof text);
    fit_json_put(object, "emulated", fit_json_text(text[0] ? text : NULL));
    fit_json_put(object, "rows", rows);
    fit_json_put(object, "compared", json_integer(ways->compared));
    fit_json_put(object, "differ", json_integer(ways->differ));
    fit_json_put(object, "warnings", warnings);
    return object;
}
