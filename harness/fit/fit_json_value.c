/* fit_json_value.c: numbers, texts and intervals as JSON, and JSON as a file. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/fit/fit_json.h"

json_t *fit_json_number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

/* Text of foreign origin may not be UTF-8, which JSON asks for. */
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
    if (json_object_set_new(object, key, value))
        abort(); /* out of memory */
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

/* --- file ------------------------------------------------------------------------------------- */

int fit_write_json(const json_t *json, const char *path, struct fault *fault)
{
    char *beside = g_strdup_printf("%s.new-%d", path, (int)getpid());
    FILE *file = fopen(beside, "wx");
    int status = -1;

    if (file) {
        status = json_dumpf(json, file, JSON_INDENT(1) | JSON_REAL_PRECISION(12)) ||
                         fputc('\n', file) == EOF || fflush(file) || fsync(fileno(file))
                     ? -1
                     : 0;
        if (fclose(file))
            status = -1;
        if (status == 0)
            status = rename(beside, path);
    }
    if (status) {
        int error = errno;
        if (file)
            unlink(beside);
        status = fault_sys(fault,
                           "%s cannot be written: %s: free the place or give a folder that can be written to",
                           path, strerror(error));
    }
    g_free(beside);
    return status;
}

int fit_write(const struct fit *fit, const char *path, struct fault *fault)
{
    json_t *json = fit_json(fit);
    int status = fit_write_json(json, path, fault);

    json_decref(json);
    return status;
}
