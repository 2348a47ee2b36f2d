/* The scaling table in the Markdown of GitHub, GitLab and pandoc. */
#include <string.h>

#include "harness/export/scaling_table.h"

/* Pipes and line ends would end a cell; the others begin emphasis, code, links and tags. */
static void print_text(const char *text, FILE *out)
{
    for (; *text; text++) {
        if (strchr("\\|*_`[]<>&#", *text))
            fputc('\\', out);
        fputc(*text == '\n' || *text == '\r' ? ' ' : *text, out);
    }
}

static void print_row(const struct scaling_row *row, FILE *out)
{
    for (size_t c = 0; c < SCALING_COLUMNS; c++) {
        fputs("| ", out);
        print_text(row->cell[c], out);
        fputs(c == 0 && row->oversubscribed ? " † " : " ", out);
    }
    fputs("|\n", out);
}

int export_write_markdown(const struct export_source *source, FILE *out, struct fault *fault)
{
    struct scaling_table table;

    (void)fault;
    scaling_table_make(source, &table);
    fputs("### ", out);
    print_text(table.title, out);
    fputs("\n\n", out);
    for (size_t c = 0; c < SCALING_COLUMNS; c++) {
        fputs("| ", out);
        print_text(scaling_headings[c], out);
        fputc(' ', out);
    }
    fputs("|\n|", out);
    for (size_t c = 0; c < SCALING_COLUMNS; c++)
        fputs(" ---: |", out);
    fputc('\n', out);
    for (unsigned i = 0; i < table.rows->len; i++)
        print_row(&g_array_index(table.rows, struct scaling_row, i), out);
    fputc('\n', out);
    for (unsigned i = 0; i < table.notes->len; i++) {
        fputs(table.marks && i + 1 == table.notes->len ? "- † " : "- ", out);
        print_text(g_ptr_array_index(table.notes, i), out);
        fputc('\n', out);
    }
    scaling_table_release(&table);
    return 0;
}
