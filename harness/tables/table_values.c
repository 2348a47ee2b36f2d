#include "harness/tables/table_values_internal.h"

#include <limits.h>
#include <math.h>
#include <string.h>

bool table_number(const struct table *table, const char *text, double *value)
{
    char copy[64], *end;
    const char *comma = strchr(text, ',');

    if (comma && table->format == TABLE_CSV && !table->comma_separates && strlen(text) < sizeof copy) {
        g_strlcpy(copy, text, sizeof copy);
        if (strchr(copy, '.') || strchr(comma + 1, ','))
            return false;
        copy[comma - text] = '.';
        text = copy;
    }
    *value = g_ascii_strtod(text, &end);
    return end != text && !*end && isfinite(*value) && !strpbrk(text, "xX");
}

const char *table_number_remedy(const struct table *table, const char *text)
{
    if (!*text)
        return "the field is empty: leave the row out";
    if (strchr(text, ',') && table->comma_separates)
        return "write a decimal point, not a comma, and no separators of thousands";
    if (strchr(text, ',') || strchr(text, '\''))
        return "leave out the separators of thousands";
    if (g_ascii_isdigit(*text) && strchr(text, ':'))
        return "give the time in seconds";
    if (g_ascii_isdigit(*text) && g_ascii_isalpha(text[strlen(text) - 1]))
        return "leave out the unit, and give it in the name of the column or with --unit";
    return "leave the row out";
}

int table_check_decimals(const struct table *table, int column, bool *commas, struct fault *fault)
{
    const struct table_row *row = (const struct table_row *)(const void *)table->rows->data;
    size_t point = table->rows->len;

    *commas = false;
    if (table->comma_separates || table->format != TABLE_CSV)
        return 0;
    for (size_t i = 0; i < table->rows->len; i++) {
        const char *text = row[i].fields[column];
        *commas |= strchr(text, ',') != NULL;
        if (point == table->rows->len && strchr(text, '.') && !strchr(text, ','))
            point = i;
    }
    if (*commas && point < table->rows->len)
        return fault_set(fault,
                         "%s:%u: %s '%.40s' has a decimal point, and other rows have commas: write all alike",
                         table->path, row[point].line, (const char *)table->columns->pdata[column],
                         row[point].fields[column]);
    return 0;
}

bool table_blocks_are_texts(const struct table *table, int column)
{
    for (size_t row = 0; row < table->rows->len; row++) {
        double value;
        if (!table_number(table, table_field(table, row, column), &value) || value < 0 || value > UINT_MAX ||
            value != floor(value))
            return true;
    }
    return false;
}
