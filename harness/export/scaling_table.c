#include "harness/export/scaling_table.h"

#include <math.h>
#include <string.h>

#include "harness/console/value_text.h"
#include "pipeline/base/version.h"

const char *const scaling_headings[SCALING_COLUMNS] = {"workers", "trials",     "wall time [s]",
                                                       "speedup", "efficiency", "core-hours"};

static struct scaling_row make_row(const struct fit *fit, const struct fit_point *point)
{
    const struct scaling_point *scaling = &point->scaling;
    /* Workers beyond the cores occupy no further ones. */
    unsigned cores = scaling->oversubscribed ? fit->study->cores : scaling->workers;
    struct interval core_hours = interval_scaled(&scaling->seconds, cores / 3600.0);
    struct scaling_row row = {.oversubscribed = scaling->oversubscribed};
    char text[VALUE_TEXT_BYTES];

    row.cell[0] = g_strdup_printf("%u", scaling->workers);
    row.cell[1] = g_strdup_printf("%zu", scaling->trials);
    row.cell[2] = g_strdup(interval_text_digits(&scaling->seconds, NO_INTERVAL, text, sizeof text));
    row.cell[3] = g_strdup(interval_text_digits(&scaling->speedup, NO_INTERVAL, text, sizeof text));
    row.cell[4] = g_strdup(interval_text_digits(&scaling->efficiency, NO_INTERVAL, text, sizeof text));
    row.cell[5] = g_strdup(interval_text_digits(&core_hours, NO_INTERVAL, text, sizeof text));
    return row;
}

static void add_note(struct scaling_table *table, char *note)
{
    g_ptr_array_add(table->notes, note);
}

/* How the first interval with bounds was found. */
static const char *method_of(const struct fit *fit)
{
    for (unsigned i = 0; i < fit->curve->len; i++) {
        const struct interval *seconds = &g_array_index(fit->curve, struct fit_point, i).scaling.seconds;
        if (interval_has_bounds(seconds) && seconds->method[0])
            return seconds->method;
    }
    return NULL;
}

static void note_methods(const struct export_source *source, struct scaling_table *table)
{
    const char *method = method_of(source->fit);
    bool weak = study_data_is_weak(source->fit->study);

    add_note(
        table,
        method ? g_strdup_printf("Wall times are geometric means of the trials; in brackets are 95%% "
                                 "intervals (%s).",
                                 method)
               : g_strdup("Wall times are geometric means of the trials; there are too few for intervals."));
    add_note(table,
             g_strdup(weak ? "Weak scaling: n workers do n times the work of one; speedup is scaled speedup."
                           : "Strong scaling: the work is the same for any number of workers."));
    add_note(table, g_strdup("Core-hours are those of one trial: the cores in use times its wall time."));
}

static void note_machine(const struct export_source *source, struct scaling_table *table)
{
    const char *cpu = export_fact(source, "cpu_model", "CPU not recorded"),
               *cores = export_fact(source, "cores", NULL),
               *kernel = export_fact(source, "kernel", "of an unknown version"),
               *emulated = export_fact(source, "emulated_cores", NULL),
               *replayed = export_fact(source, "replayed_cores", NULL);
    const char *how = emulated   ? " emulated by CPU quotas"
                      : replayed ? " replayed: items wait for measured times"
                                 : "";

    if (cores)
        add_note(table, g_strdup_printf("Machine: %s, %s cores%s, Linux %s.", cpu, cores, how, kernel));
    else
        add_note(table, g_strdup_printf("Machine: %s, cores not recorded, Linux %s.", cpu, kernel));
}

static void note_work(const struct export_source *source, struct scaling_table *table)
{
    const char *items = export_fact(source, "items", NULL),
               *created = export_fact(source, "created_utc", "a date that was not recorded");
    char *line = export_command_line(source, NULL);

    if (line)
        add_note(table, g_strdup_printf("Work of a trial: %s", line));
    else if (items)
        add_note(table, g_strdup_printf("Work of a trial: %s items.", items));
    add_note(table, g_strdup_printf("Measured on %s with knee %s.", created, knee_version));
    g_free(line);
}

void scaling_table_make(const struct export_source *source, struct scaling_table *table)
{
    *table = (struct scaling_table){.title = g_strdup_printf("Scaling of %s", source->name),
                                    .rows = g_array_new(FALSE, TRUE, sizeof(struct scaling_row)),
                                    .notes = g_ptr_array_new_with_free_func(g_free)};
    for (unsigned i = 0; i < source->fit->curve->len; i++) {
        struct scaling_row row =
            make_row(source->fit, &g_array_index(source->fit->curve, struct fit_point, i));
        table->marks |= row.oversubscribed;
        g_array_append_val(table->rows, row);
    }
    note_methods(source, table);
    note_machine(source, table);
    note_work(source, table);
    if (table->marks)
        add_note(table, g_strdup("More workers than cores."));
}

void scaling_table_release(struct scaling_table *table)
{
    for (unsigned i = 0; i < table->rows->len; i++)
        for (size_t c = 0; c < SCALING_COLUMNS; c++)
            g_free(g_array_index(table->rows, struct scaling_row, i).cell[c]);
    g_array_free(table->rows, TRUE);
    g_ptr_array_free(table->notes, TRUE);
    g_free(table->title);
}
