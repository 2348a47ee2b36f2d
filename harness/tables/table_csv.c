/* table_csv.c: CSV by libcsv, in its strict mode with a check at the end: without that check a quote that is never
 * closed takes all later rows into one field and counts as success. */
#include <csv.h>
#include <stdbool.h>
#include <string.h>

#include "harness/tables/table_internal.h"

struct reading {
    struct table *table;
    GPtrArray *fields; /* of the row that is being read */
    char separator;
    unsigned line, row_line; /* that is being read; in which the row began */
    bool has_header;
    struct fault *fault;
    int status;
};

/* What libcsv does not know: CRLF and CR become LF, and lines that begin with #, outside of quotes, become empty, so
 * that lines can be counted. Returns the length. */
static size_t normalise(char *text)
{
    bool quoted = false, line_start = true, comment = false;
    char *to = text;

    for (const char *from = text; *from; from++) {
        char c = *from;
        if (c == '\r') {
            if (from[1] == '\n')
                continue;
            c = '\n';
        }
        if (line_start && !quoted)
            comment = c == '#';
        line_start = c == '\n';
        if (comment && !line_start)
            continue;
        if (c == '"')
            quoted = !quoted;
        *to++ = c;
    }
    *to = '\0';
    return (size_t)(to - text);
}

/* By the header: the first of tab, semicolon, comma and bar that it holds outside of quotes; else a blank. */
static char separator_of(const char *text)
{
    static const char candidates[] = "\t;,|";
    bool quoted = false, blank = false;
    size_t best = sizeof candidates - 1;

    text += strspn(text, "\n");
    for (; *text && (quoted || *text != '\n'); text++) {
        const char *found = strchr(candidates, *text);
        if (*text == '"')
            quoted = !quoted;
        else if (!quoted && found && (size_t)(found - candidates) < best)
            best = (size_t)(found - candidates);
        blank |= !quoted && *text == ' ' && text[1] != ' ' && text[1] != '\n' && text[1];
    }
    return candidates[best] ? candidates[best] : (char)(blank ? ' ' : ',');
}

/* Columns that blanks align: one blank is left of each stretch, and none at the ends of a line. */
static void join_blanks(char *text)
{
    bool quoted = false;
    char *to = text, *line = text;

    for (const char *from = text; *from; from++) {
        if (*from == '"')
            quoted = !quoted;
        if (!quoted && (*from == ' ' || *from == '\t') && (to == line || to[-1] == ' '))
            continue;
        if (!quoted && *from == '\n' && to > line && to[-1] == ' ')
            to--;
        *to++ = (char)(!quoted && *from == '\t' ? ' ' : *from);
        if (*from == '\n')
            line = to;
    }
    if (to > line && to[-1] == ' ')
        to--;
    *to = '\0';
}

/* GraphicsMagick's `benchmark -rawcsv` without a header: four quoted numbers. */
static bool is_graphicsmagick(const char *text)
{
    return g_regex_match_simple("^\\n*\"[0-9]+\",\"[0-9]+\",\"[0-9.]+\",\"[0-9.e+-]+\"\\n", text, 0, 0);
}

static void on_field(void *text, size_t bytes, void *context)
{
    struct reading *r = context;
    char *copy = g_strndup(text ? text : "", bytes);

    g_strstrip(copy);
    g_ptr_array_add(r->fields, (void *)table_text(r->table, copy));
    g_free(copy);
}

static int wrong_count(struct reading *r)
{
    unsigned count = r->fields->len, wanted = r->table->columns->len;
    const char *remedy =
        r->separator == ',' && count > wanted
            ? "mend the line; a decimal comma needs semicolons between the fields, or a decimal point"
            : "mend the line";

    if (count < wanted)
        return fault_set(r->fault, "%s:%u: %u fields, but '%s' is field %u of the header: mend the line",
                         r->table->path, r->row_line, count, (const char *)r->table->columns->pdata[count],
                         count + 1);
    return fault_set(r->fault, "%s:%u: %u fields, but the header has %u: %s", r->table->path, r->row_line,
                     count, wanted, remedy);
}

/* Whether no field is the name of a column. */
static bool is_numbers(const GPtrArray *fields)
{
    for (unsigned i = 0; i < fields->len; i++) {
        const char *text = fields->pdata[i];
        if (strspn(text, "0123456789.,+-eE") != strlen(text))
            return false;
    }
    return true;
}

static void take_row(struct reading *r)
{
    if (!r->has_header && is_numbers(r->fields)) {
        r->status = fault_set(r->fault,
                              "%s:%u: numbers where the names of the columns are expected: put a line such as"
                              " workers,seconds before them",
                              r->table->path, r->row_line);
    } else if (!r->has_header) {
        for (unsigned i = 0; i < r->fields->len; i++)
            table_add_column(r->table, r->fields->pdata[i]);
        r->has_header = true;
    } else if (r->fields->len != r->table->columns->len) {
        r->status = wrong_count(r);
    } else {
        const char **fields = table_add_row(r->table, r->row_line);
        memcpy(fields, r->fields->pdata, r->fields->len * sizeof *fields);
    }
}

static bool is_blank(const GPtrArray *fields)
{
    return fields->len == 0 || (fields->len == 1 && *(const char *)fields->pdata[0] == '\0');
}

/* Called at each end of a line outside of quotes, empty lines included, and at the end of a last line without one. */
static void on_row(int end, void *context)
{
    struct reading *r = context;

    if (r->status == 0 && !is_blank(r->fields))
        take_row(r);
    g_ptr_array_set_size(r->fields, 0);
    if (end == '\n')
        r->line++;
    r->row_line = r->line;
}

/* Line by line, so that line ends inside quotes are counted too. Returns 0, or -1 with fault. */
static int parse(struct reading *r, struct csv_parser *parser, const char *text)
{
    while (*text && r->status == 0) {
        const char *end = strchr(text, '\n');
        size_t bytes = end ? (size_t)(end - text) + 1 : strlen(text);
        unsigned before = r->line;

        if (csv_parse(parser, text, bytes, on_field, on_row, r) != bytes)
            return fault_set(
                r->fault,
                "%s:%u: a quote inside a field, or text behind a closing quote: write \"\" for a quote"
                " and quote the whole field",
                r->table->path, r->row_line);
        if (end && r->line == before)
            r->line++;
        text += bytes;
    }
    if (r->status == 0 && csv_fini(parser, on_field, on_row, r))
        return fault_set(r->fault, "%s:%u: the quote that opens in this row is not closed: mend the line",
                         r->table->path, r->row_line);
    return r->status;
}

int table_parse_csv(struct table *table, const char *text, size_t bytes, struct fault *fault)
{
    struct reading r = {
        .table = table, .fields = g_ptr_array_new(), .line = 1, .row_line = 1, .fault = fault};
    struct csv_parser parser;
    char *copy = g_strndup(text, bytes), *start = copy;
    int status;

    if (g_str_has_prefix(start, "\xef\xbb\xbf"))
        start += 3;
    normalise(start);
    r.separator = separator_of(start);
    if (g_str_has_prefix(start, "sep=") && start[4] && (start[5] == '\n' || !start[5])) {
        r.separator = start[4];
        start += 5;
    }
    if (r.separator == ' ')
        join_blanks(start);
    if (is_graphicsmagick(start))
        r.has_header = table_add_column(table, "Threads") + table_add_column(table, "Iterations") +
                           table_add_column(table, "User Time") + table_add_column(table, "Elapsed Time") >
                       0;
    table->format = TABLE_CSV;
    table->comma_separates = r.separator == ',';
    if (csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL)) {
        status = fault_set(fault, "%s: no memory for a table", table->path);
    } else {
        csv_set_delim(&parser, (unsigned char)r.separator);
        status = parse(&r, &parser, start);
        csv_free(&parser);
    }
    g_ptr_array_free(r.fields, TRUE);
    g_free(copy);
    return status;
}
