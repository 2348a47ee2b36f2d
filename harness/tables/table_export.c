#include "harness/tables/table_export.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/study/study_tables.h"
#include "harness/tables/table_internal.h"

const struct table_export_fact table_export_facts[] = {{"cores", "cores"},
                                                       {"subject", "subject"},
                                                       {"emulated_cores", "emulated_cores"},
                                                       {"scaling", "scaling"},
                                                       {"seed", "seed"},
                                                       {"delta", "option_delta"},
                                                       {"logical_cpus", "logical_cpus"},
                                                       {"noise_policy", "option_noise-policy"},
                                                       {"noise_limit", "noise_limit"},
                                                       {"waiting", "waiting"},
                                                       {"mixed_kinds", "mixed_kinds"},
                                                       {"serial_manifest_sha256", "serial_manifest_sha256"},
                                                       {NULL, NULL}};

bool table_is_export(const struct table *table)
{
    static const char *const first[] = {"workers", "seconds", "block", "trial", "role", "chunk", "policy"};

    if (table->columns->len < G_N_ELEMENTS(first))
        return false;
    for (size_t i = 0; i < G_N_ELEMENTS(first); i++)
        if (strcmp(table->columns->pdata[i], first[i]) != 0)
            return false;
    return true;
}

/* Where a column of study.db is in the table; -1 when it is not there. *seconds: in seconds there. */
static int place_of(const struct table *table, const struct study_table *rows, const char *name,
                    bool *seconds)
{
    char other[64];
    int found;

    *seconds = false;
    if (strcmp(name, "id") == 0)
        return table_find_column(table, rows == &study_table_cell ? "cell" : "trial");
    found = table_find_column(table, name);
    if (found >= 0 || !g_str_has_suffix(name, "_ns"))
        return found;
    *seconds = true;
    snprintf(other, sizeof other, "%.*s_s", (int)(strlen(name) - strlen("_ns")), name);
    return table_find_column(table, strcmp(name, "wall_ns") == 0 ? "seconds" : other);
}

/* A field as a number: STUDY_UNKNOWN when it is empty. Returns 0, or -1 with fault. */
static int read_number(const struct table *table, size_t row, int column, bool seconds, int64_t *number,
                       struct fault *fault)
{
    const char *text = table_field(table, row, column);
    char *end;
    double value = g_ascii_strtod(text, &end) * (seconds ? 1e9 : 1);

    *number = STUDY_UNKNOWN;
    if (!*text)
        return 0;
    if (end == text || *end || !(fabs(value) < 9e18))
        return fault_set(fault, "%s:%u: %s '%.40s' is not a number: mend the line", table->path,
                         g_array_index(table->rows, struct table_row, row).line,
                         (const char *)table->columns->pdata[column], text);
    /* A decimal fraction of seconds is not a whole number of nanoseconds to the last bit of a double. */
    *number = seconds ? llround(value) : g_ascii_strtoll(text, NULL, 10);
    return 0;
}

static int read_columns(const struct table *table, size_t row, const struct study_table *rows, void *into,
                        struct fault *fault)
{
    for (const struct study_column *c = rows->columns; c->name; c++) {
        bool seconds;
        int column = place_of(table, rows, c->name, &seconds);
        int64_t number = STUDY_UNKNOWN;
        const char *text = NULL;
        if (c->kind == STUDY_NUMBER) {
            if (column >= 0 && read_number(table, row, column, seconds, &number, fault))
                return -1;
            memcpy((char *)into + c->offset, &number, sizeof number);
        } else {
            if (column >= 0 && *table_field(table, row, column))
                text = table_field(table, row, column);
            memcpy((char *)into + c->offset, &text, sizeof text);
        }
    }
    return 0;
}

int table_export_row(const struct table *table, size_t row, struct study_cell *cell,
                     struct study_trial *trial, struct fault *fault)
{
    return read_columns(table, row, &study_table_cell, cell, fault) ||
                   read_columns(table, row, &study_table_trial, trial, fault)
               ? -1
               : 0;
}

void table_export_take_facts(const struct table *table, size_t row, struct study_data *study)
{
    for (const struct table_export_fact *f = table_export_facts; f->name; f++) {
        int column = table_find_column(table, f->name);
        if (column >= 0 && *table_field(table, row, column))
            g_hash_table_replace(study->facts, g_strdup(f->fact), g_strdup(table_field(table, row, column)));
    }
}
