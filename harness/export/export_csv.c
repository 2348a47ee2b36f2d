/* Comma-separated values (RFC 4180); a value that is not known is an empty field. */
#include <string.h>

#include "harness/export/export_rows.h"

struct csv {
    FILE *out;
    size_t columns;
};

/* Quoted when it has to be. */
static void print_text(const char *text, FILE *out)
{
    if (!text[strcspn(text, ",\"\r\n")]) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

static void print_column(void *context, const char *name)
{
    struct csv *csv = context;

    fprintf(csv->out, "%s%s", csv->columns++ ? "," : "", name);
}

static void print_row(void *context, const struct export_value *values, size_t count)
{
    struct csv *csv = context;

    for (size_t i = 0; i < count; i++) {
        fputc(i ? ',' : '\n', csv->out);
        if (values[i].kind == VALUE_TEXT)
            print_text(values[i].text, csv->out);
        else if (values[i].kind == VALUE_WHOLE)
            fprintf(csv->out, "%lld", (long long)values[i].number);
        else if (values[i].kind == VALUE_SECONDS)
            fprintf(csv->out, "%.9f", (double)values[i].number / 1e9);
    }
}

int export_write_csv(const struct export_source *source, FILE *out, struct fault *fault)
{
    struct csv csv = {.out = out};
    int status = export_rows(source, &(struct export_sink){print_column, print_row, &csv}, fault);

    fputc('\n', out);
    return status;
}
