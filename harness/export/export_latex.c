/* The scaling table as a LaTeX table environment that needs no package: \input{scaling} in a document. */
#include <glib.h>
#include <string.h>

#include "harness/export/scaling_table.h"

/* What TeX gives a meaning is escaped; control characters, which it refuses, become blanks. Other bytes are UTF-8,
 * which LaTeX reads since 2018. */
static void print_text(const char *text, FILE *out)
{
    char *valid = g_utf8_make_valid(text, -1);

    for (const char *c = valid; *c; c++) {
        if (strchr("#$%&_{}", *c))
            fprintf(out, "\\%c", *c);
        else if (*c == '\\')
            fputs("\\textbackslash{}", out);
        else if (*c == '~' || *c == '^')
            fprintf(out, "\\%c{}", *c);
        else if (*c == '<' || *c == '>' || *c == '|')
            fprintf(out, "$%c$", *c);
        else
            fputc((unsigned char)*c < ' ' || *c == '\x7f' ? ' ' : *c, out);
    }
    g_free(valid);
}

static void print_rows(const struct scaling_table *table, FILE *out)
{
    for (unsigned i = 0; i < table->rows->len; i++) {
        const struct scaling_row *row = &g_array_index(table->rows, struct scaling_row, i);
        for (size_t c = 0; c < SCALING_COLUMNS; c++) {
            fputs(c ? " & " : "    ", out);
            print_text(row->cell[c], out);
            if (c == 0 && row->oversubscribed)
                fputs("$^\\dagger$", out);
        }
        fputs(" \\\\\n", out);
    }
}

int export_write_latex(const struct export_source *source, FILE *out, struct fault *fault)
{
    struct scaling_table table;

    (void)fault;
    scaling_table_make(source, &table);
    fputs("\\begin{table}[htbp]\n  \\centering\n  \\caption{", out);
    print_text(table.title, out);
    fputs("}\n  \\label{tab:scaling}\n  \\begin{tabular}{rrrrrr}\n    \\hline\n", out);
    for (size_t c = 0; c < SCALING_COLUMNS; c++) {
        fputs(c ? " & " : "    ", out);
        print_text(scaling_headings[c], out);
    }
    fputs(" \\\\\n    \\hline\n", out);
    print_rows(&table, out);
    fputs("    \\hline\n  \\end{tabular}\n\n  \\medskip\n  \\parbox{\\linewidth}{\\footnotesize\n", out);
    for (unsigned i = 0; i < table.notes->len; i++) {
        fputs(table.marks && i + 1 == table.notes->len ? "    $^\\dagger$ " : "    ", out);
        print_text(g_ptr_array_index(table.notes, i), out);
        fputc('\n', out);
    }
    fputs("  }\n\\end{table}\n", out);
    scaling_table_release(&table);
    return 0;
}
