/* fit_json_value.c: numbers, texts and intervals as JSON, and JSON as a file. */
#include <glib.h>
#include <math.h>
#include <stdlib.h>

#include "harness/fit/fit_json.h"
#include "pipeline/base/whole_file.h"

json_t *fit_json_number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

/* Paths and names need not be UTF-8, which JSON asks for. */
json_t *fit_json_text(const char *value)
{
    char *valid;
    json_t *json;

    if (!value)
        return json_null();
    valid = g_utf8_make_valid(value, -1);
    json = json_string(valid);
    g_free(valid);
    return json;
}

void fit_json_put(json_t *object, const char *key, json_t *value)
{
    char *valid = NULL;

    if (json_object_set(object, key, value)) {
        valid = g_utf8_make_valid(key, -1);
        if (json_object_set(object, valid, value))
            abort(); /* out of memory */
    }
    g_free(valid);
    json_decref(value);
}

void fit_json_append(json_t *array, json_t *value)
{
    if (json_array_append_new(array, value))
        abort(); /* out of memory */
}

/* Fills an object with an interval's keys. */
json_t *fit_json_put_interval(json_t *object, const struct interval *interval)
{
    fit_json_put(object, "value", fit_json_number(interval->value));
    if (interval_has_value(interval)) {
        fit_json_put(object, "low", fit_json_number(interval->low));
        fit_json_put(object, "high", fit_json_number(interval->high));
    }
    if (isfinite(interval->low) || isfinite(interval->high)) {
        fit_json_put(object, "level", fit_json_number(interval->level));
        fit_json_put(object, "method", fit_json_text(interval->method));
    }
    if (!interval_has_bounds(interval))
        fit_json_put(object, "reason", fit_json_text(interval->reason[0] ? interval->reason : "not known"));
    return object;
}

json_t *fit_json_interval(const struct interval *interval)
{
    return fit_json_put_interval(json_object(), interval);
}

json_t *fit_json_count(unsigned count)
{
    return count ? json_integer(count) : json_null();
}

json_t *fit_json_scaling(const struct scaling_point *point)
{
    json_t *object = json_object();

    fit_json_put(object, "workers", json_integer(point->workers));
    fit_json_put(object, "trials", json_integer((json_int_t)point->trials));
    fit_json_put(object, "oversubscribed", json_boolean(point->oversubscribed));
    fit_json_put(object, "wall_s", fit_json_interval(&point->seconds));
    fit_json_put(object, "speedup", fit_json_interval(&point->speedup));
    fit_json_put(object, "efficiency", fit_json_interval(&point->efficiency));
    return object;
}

/* --- file ------------------------------------------------------------------------------------- */

int fit_json_print(const json_t *json, FILE *out)
{
    return json_dumpf(json, out, JSON_INDENT(1) | JSON_REAL_PRECISION(12)) || fputc('\n', out) == EOF ? -1
                                                                                                      : 0;
}

static int content(FILE *file, const void *context, struct fault *fault)
{
    if (fit_json_print(context, file) == 0 ||
        ferror(file)) /* whole_file_write() reports the stream's errors */
        return 0;
    return fault_sys(fault, "no memory for JSON: end other programs");
}

int fit_json_write(const json_t *json, const char *path, struct fault *fault)
{
    return whole_file_write(path, content, json, fault);
}
