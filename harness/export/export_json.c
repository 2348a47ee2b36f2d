/* JSON after docs/schemas/export.schema.json: facts, scaling table, and the rows of one table. Rows are written one by
 * one: a study may have millions. */
#include <stdlib.h>
#include <string.h>

#include "harness/export/export_rows.h"
#include "harness/fit/fit_json.h"
#include "pipeline/base/version.h"

struct json_rows {
    FILE *out;
    GPtrArray *names; /* char * */
    size_t rows;
};

static void take_column(void *context, const char *name)
{
    g_ptr_array_add(((struct json_rows *)context)->names, g_strdup(name));
}

static json_t *value_json(const struct export_value *value)
{
    switch (value->kind) {
    case VALUE_TEXT:
        return fit_json_text(value->text);
    case VALUE_WHOLE:
        return json_integer(value->number);
    case VALUE_SECONDS:
        return export_json_seconds(value->number);
    case VALUE_UNKNOWN:
    default:
        return json_null();
    }
}

static void print_row(void *context, const struct export_value *values, size_t count)
{
    struct json_rows *rows = context;
    json_t *row = json_object();

    for (size_t i = 0; i < count; i++)
        fit_json_put(row, g_ptr_array_index(rows->names, i), value_json(&values[i]));
    fputs(rows->rows++ ? ",\n  " : "\n  ", rows->out);
    json_dumpf(row, rows->out, JSON_COMPACT | JSON_REAL_PRECISION(15));
    json_decref(row);
}

/* --- head ------------------------------------------------------------------------------------- */

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static json_t *facts_json(const struct study_data *data)
{
    guint count;
    const char **keys = (const char **)g_hash_table_get_keys_as_array(data->facts, &count);
    json_t *facts = json_object();

    qsort(keys, count, sizeof *keys, by_name);
    for (guint i = 0; i < count; i++)
        /* The machine's description and the plan are files of their own, as texts. */
        if (strcmp(keys[i], "topology_xml") != 0 && strcmp(keys[i], "plan") != 0)
            fit_json_put(facts, keys[i], fit_json_text(study_data_fact(data, keys[i])));
    g_free(keys);
    return facts;
}

static json_t *scaling_json(const struct fit *fit)
{
    json_t *array = json_array();

    for (unsigned i = 0; i < fit->curve->len; i++)
        fit_json_append(array, fit_json_scaling(&g_array_index(fit->curve, struct fit_point, i).scaling));
    return array;
}

static json_t *head_json(const struct export_source *source)
{
    json_t *head = json_object();

    fit_json_put(head, "format", json_string("knee-export 1"));
    fit_json_put(head, "knee_version", json_string(knee_version));
    fit_json_put(head, "study", fit_json_text(source->name));
    fit_json_put(head, "facts", facts_json(source->data));
    fit_json_put(head, "scaling", source->fit ? scaling_json(source->fit) : json_array());
    fit_json_put(head, "scaling_reason", fit_json_text(source->fit_reason));
    fit_json_put(head, "table", json_string(export_table_names[source->request->table]));
    return head;
}

int export_write_json(const struct export_source *source, FILE *out, struct fault *fault)
{
    struct json_rows rows = {.out = out, .names = g_ptr_array_new_with_free_func(g_free)};
    json_t *head = head_json(source);
    char *text = json_dumps(head, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
    int status = -1;

    if (!text) {
        fault_sys(fault, "no memory for JSON: end other programs");
    } else {
        /* the object stays open for its last key */
        fprintf(out, "%.*s,\n \"rows\": [", (int)strlen(text) - 2, text);
        status = export_rows(source, &(struct export_sink){take_column, print_row, &rows}, fault);
        fputs("\n ]\n}\n", out);
    }
    free(text);
    json_decref(head);
    g_ptr_array_free(rows.names, TRUE);
    return status;
}
