#!/bin/bash
# libcsv: strict mode accepts a file that ends inside quotes, and its callbacks cannot number lines.
#
# Expected: a parser in strict mode (CSV_STRICT) refuses a table whose quote is never closed, and a caller that counts
#   the end-of-row callbacks knows in which line of the file it is.
# Seen: with CSV_STRICT alone all rows after the open quote become one field, csv_parse() takes every byte, csv_fini()
#   returns 0 and csv_error() is success; only a second flag, CSV_STRICT_FINI, makes csv_fini() return -1. Empty lines
#   make no callback unless CSV_REPALL_NL is set, and a line end inside quotes makes none either, so that the number
#   of callbacks is not the number of the line. Strict, "workers,seconds", an empty line, "1,10", '2,"5.1', "4,2.6":
#   3 rows, status success, last field "5.1\n4,2.6\n", although the cut row is in line 4 of the file.
# Why it matters: one stray quote in a column of times takes all larger worker counts out of a scaling table, and the
#   fit of the rest looks sound; an error message that names the row names another line than an editor shows.
# Packages: Debian 12 libcsv3 and libcsv-dev 3.0.3+dfsg-6; gcc.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root libcsv3=3.0.3+dfsg-6 libcsv-dev=3.0.3+dfsg-6
for package in *.deb; do
    dpkg -x "$package" root
done

cat > read.c <<'C'
#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char last[64];
static int rows;

static void field(void *text, size_t bytes, void *context)
{
    (void)context;
    snprintf(last, sizeof last, "%.*s", (int)bytes, (const char *)text);
}

static void row(int end, void *context)
{
    (void)end;
    (void)context;
    rows++;
}

int main(int argc, char **argv)
{
    static const char table[] = "workers,seconds\n\n1,10\n2,\"5.1\n4,2.6\n";
    struct csv_parser parser;
    size_t taken;
    int finished;

    (void)argc;
    csv_init(&parser, (unsigned char)atoi(argv[1]));
    taken = csv_parse(&parser, table, strlen(table), field, row, NULL);
    finished = csv_fini(&parser, field, row, NULL);
    for (char *c = last; *c; c++)
        if (*c == '\n')
            *c = '|';
    printf("all bytes %d, end %d, %s, rows %d, last field %s\n", taken == strlen(table), finished,
           csv_strerror(csv_error(&parser)), rows, last);
    csv_free(&parser);
    return 0;
}
C
libraries=$work/root/usr/lib
gcc -I root/usr/include -o read read.c "$(find "$libraries" -name 'libcsv.so.3*' -type f)"
export LD_LIBRARY_PATH
LD_LIBRARY_PATH=$(dirname "$(find "$libraries" -name 'libcsv.so.3*' -type f)")
strict=$(./read 1) # CSV_STRICT
finish=$(./read 5) # with CSV_STRICT_FINI (4)
echo "CSV_STRICT:                 $strict"
echo "CSV_STRICT|CSV_STRICT_FINI: $finish"
[ "$strict" = "all bytes 1, end 0, success, rows 3, last field 5.1|4,2.6|" ]
case $finish in "all bytes 1, end -1, "*) ;; *) exit 1 ;; esac
