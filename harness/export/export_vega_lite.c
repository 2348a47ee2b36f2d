/* The scaling curve as a Vega-Lite specification with its data in it: speedup above, efficiency below. */
#include <math.h>

#include "harness/export/export_internal.h"
#include "harness/fit/fit_json.h"

/* Colours of Okabe and Ito, as in reports/curve.gp. */
#define MEASURED "#0072B2"
#define MODEL    "#D55E00"
#define KNEE     "#CC79A7"
#define SOFT     "#6B6B6B"

/* --- data: named once, for the layers of both panels ------------------------------------------ */

/* Both values with their bounds: speedup, speedup_low, speedup_high, efficiency ... */
static json_t *row_json(unsigned workers, const struct interval *speedup, const struct interval *efficiency)
{
    json_t *row = json_object();

    fit_json_put(row, "workers", json_integer(workers));
    fit_json_put(row, "speedup", fit_json_number(speedup->value));
    fit_json_put(row, "speedup_low", fit_json_number(speedup->low));
    fit_json_put(row, "speedup_high", fit_json_number(speedup->high));
    fit_json_put(row, "efficiency", fit_json_number(efficiency->value));
    fit_json_put(row, "efficiency_low", fit_json_number(efficiency->low));
    fit_json_put(row, "efficiency_high", fit_json_number(efficiency->high));
    return row;
}

static json_t *points_json(const struct fit *fit)
{
    json_t *rows = json_array();

    for (unsigned i = 0; i < fit->curve->len; i++) {
        const struct scaling_point *point = &g_array_index(fit->curve, struct fit_point, i).scaling;
        fit_json_append(rows, row_json(point->workers, &point->speedup, &point->efficiency));
    }
    return rows;
}

static json_t *trials_json(const struct fit *fit)
{
    json_t *rows = json_array();

    for (unsigned i = 0; i < fit->study->trials->len; i++) {
        const struct data_trial *trial = &g_array_index(fit->study->trials, struct data_trial, i);
        double speedup = fit_trial_speedup(fit, trial);
        unsigned workers = study_data_cell(fit->study, trial)->workers;
        json_t *row;
        if (isnan(speedup))
            continue;
        row = json_object();
        fit_json_put(row, "workers", json_integer(workers));
        fit_json_put(row, "speedup", fit_json_number(speedup));
        fit_json_put(row, "efficiency", fit_json_number(speedup / workers));
        fit_json_put(row, "trial", json_integer(trial->id));
        fit_json_append(rows, row);
    }
    return rows;
}

static json_t *line_row_json(unsigned workers, const struct interval *speedup)
{
    struct interval efficiency = interval_scaled(speedup, 1.0 / workers);

    return row_json(workers, speedup, &efficiency);
}

/* The ideal line up to the cores, and the chosen model with its band: at each number of workers, or at LINE_POINTS of
 * many, the last one included. */
static void put_lines(const struct fit *fit, json_t *ideal, json_t *model)
{
    enum { LINE_POINTS = 256 };
    unsigned last = g_array_index(fit->curve, struct fit_point, fit->curve->len - 1).scaling.workers,
             steps = last > LINE_POINTS ? LINE_POINTS : last, cores = fit->study->cores;

    for (unsigned i = 1; i <= steps; i++) {
        unsigned n = steps == last ? i : 1 + (unsigned)((uint64_t)(last - 1) * (i - 1) / (steps - 1));
        struct interval line = interval_exact(cores && n > cores ? cores : n, FIT_LEVEL, "definition");
        fit_json_append(ideal, line_row_json(n, &line));
        if (fit_chosen_model(fit)) {
            line = fit_speedup_band(fit, n);
            fit_json_append(model, line_row_json(n, &line));
        }
    }
}

static json_t *datasets_json(const struct fit *fit)
{
    json_t *sets = json_object(), *ideal = json_array(), *model = json_array();

    put_lines(fit, ideal, model);
    fit_json_put(sets, "points", points_json(fit));
    fit_json_put(sets, "trials", trials_json(fit));
    fit_json_put(sets, "ideal", ideal);
    fit_json_put(sets, "model", model);
    return sets;
}

/* --- layers ----------------------------------------------------------------------------------- */

static json_t *axis_json(const char *field, const char *title)
{
    return json_pack("{s:s, s:s, s:s}", "field", field, "type", "quantitative", "title", title);
}

/* With ticks at the worker counts that were measured. */
static json_t *workers_axis_json(const struct fit *fit, const char *field)
{
    json_t *axis = axis_json(field, "workers"), *ticks = json_array();

    for (unsigned i = 0; i < fit->curve->len; i++)
        fit_json_append(ticks, json_integer(g_array_index(fit->curve, struct fit_point, i).scaling.workers));
    fit_json_put(axis, "axis", json_pack("{s:o, s:s}", "values", ticks, "format", "d"));
    fit_json_put(axis, "scale", json_pack("{s:b, s:b, s:i}", "zero", 0, "nice", 0, "padding", 16));
    return axis;
}

/* From one of the datasets; takes over mark. */
static json_t *layer_json(const struct fit *fit, const char *data, json_t *mark, const char *field,
                          const char *title)
{
    return json_pack("{s:{s:s}, s:o, s:{s:o, s:o}}", "data", "name", data, "mark", mark, "encoding", "x",
                     workers_axis_json(fit, "workers"), "y", axis_json(field, title));
}

/* The same from the lower to the upper bound of a value. */
static json_t *range_json(const struct fit *fit, const char *data, json_t *mark, const char *field,
                          const char *title)
{
    char *low = g_strconcat(field, "_low", NULL), *high = g_strconcat(field, "_high", NULL);
    json_t *layer = layer_json(fit, data, mark, low, title);

    fit_json_put(json_object_get(layer, "encoding"), "y2", json_pack("{s:s}", "field", high));
    g_free(low);
    g_free(high);
    return layer;
}

/* A line from top to bottom at a number of workers. */
static json_t *rule_json(const struct fit *fit, double workers, const char *colour, const char *tooltip)
{
    json_t *data = json_array();

    fit_json_append(data, json_pack("{s:f}", "workers", workers));
    return json_pack("{s:{s:o}, s:{s:s, s:s, s:s}, s:{s:o}}", "data", "values", data, "mark", "type", "rule",
                     "color", colour, "tooltip", tooltip, "encoding", "x", workers_axis_json(fit, "workers"));
}

/* The knee's interval as a band behind everything. */
static json_t *knee_json(const struct fit *fit)
{
    const struct knee *knee = &fit->knee;
    json_t *data = json_array(), *layer;

    fit_json_append(data, json_pack("{s:i, s:i}", "low", (int)knee->low, "high", (int)knee->high));
    layer = json_pack("{s:{s:o}, s:{s:s, s:s, s:f}, s:{s:o, s:{s:s}}}", "data", "values", data, "mark",
                      "type", "rect", "color", KNEE, "opacity", 0.2, "encoding", "x",
                      workers_axis_json(fit, "low"), "x2", "field", "high");
    return layer;
}

static json_t *mark_json(const char *type, const char *colour, double opacity)
{
    return json_pack("{s:s, s:s, s:f}", "type", type, "color", colour, "opacity", opacity);
}

static json_t *panel_json(const struct fit *fit, bool efficiency)
{
    const char *name = efficiency ? "efficiency" : "speedup", *title = efficiency ? "efficiency"
                                                                       : study_data_is_weak(fit->study)
                                                                           ? "scaled speedup"
                                                                           : "speedup";
    json_t *layers = json_array(), *line = mark_json("line", SOFT, 1);

    fit_json_put(line, "strokeDash", json_pack("[i, i]", 8, 5));
    if (fit->knee.low && fit->knee.high)
        fit_json_append(layers, knee_json(fit));
    if (fit->study->cores)
        fit_json_append(layers, rule_json(fit, fit->study->cores, SOFT, "cores"));
    if (fit->knee.workers)
        fit_json_append(layers, rule_json(fit, fit->knee.workers, KNEE, "knee"));
    fit_json_append(layers, range_json(fit, "model", mark_json("area", MODEL, 0.2), name, title));
    fit_json_append(layers, layer_json(fit, "ideal", line, name, title));
    fit_json_append(layers, layer_json(fit, "model", mark_json("line", MODEL, 1), name, title));
    fit_json_append(layers, layer_json(fit, "trials", mark_json("circle", MEASURED, 0.25), name, title));
    fit_json_append(layers, range_json(fit, "points", mark_json("rule", MEASURED, 1), name, title));
    fit_json_append(layers, layer_json(fit, "points", mark_json("point", MEASURED, 1), name, title));
    return json_pack("{s:i, s:i, s:o}", "width", 640, "height", efficiency ? 160 : 320, "layer", layers);
}

int export_write_vega_lite(const struct export_source *source, FILE *out, struct fault *fault)
{
    json_t *root = json_object(), *panels = json_array();
    char *title = g_strdup_printf("Scaling of %s", source->name);

    fit_json_put(root, "$schema", json_string("https://vega.github.io/schema/vega-lite/v5.json"));
    fit_json_put(root, "title", fit_json_text(title));
    fit_json_put(
        root, "description",
        json_string(
            "Speedup and efficiency against workers: single trials as faint dots, geometric means with 95% "
            "intervals, the ideal line, the chosen model with its band, the knee with its interval."));
    fit_json_put(root, "datasets", datasets_json(source->fit));
    fit_json_append(panels, panel_json(source->fit, false));
    fit_json_append(panels, panel_json(source->fit, true));
    fit_json_put(root, "vconcat", panels);
    g_free(title);
    return export_print_json(root, 1, out, fault);
}
