/* A journal from anywhere: lines with good checksums and any text (a first byte of '+'), or any bytes at all. What it
 * says is taken only for items whose files are as it says, so none may end up finished here. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/images/image_workload.h"
#include "pipeline/images/output/run_journal.h"
#include "tests/fuzz/fuzz.h"

static char *paths[] = {"a.jpg", "b/c d.png", "\xff.gif"};
static uint64_t bytes[] = {1, 2, 3};
enum { ITEMS = sizeof paths / sizeof paths[0] };

static struct batch batch = {.root = "/nowhere", .paths = paths, .bytes = bytes, .count = ITEMS};
static struct recipe recipe = {
    .sha256 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    .renditions = {{.name = "one", .output = "one/{path}.jpg"},
                   {.name = "two", .output = "{path}.webp", .format = FORMAT_WEBP}},
    .rendition_count = 2};

/* Each line of the text with its checksum. */
static void append_lines(const struct line_log *log, const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1), *next;

    if (!text)
        abort();
    memcpy(text, data, size);
    text[size] = '\0';
    for (char *line = text; line; line = next) {
        next = strchr(line, '\n');
        if (next)
            *next++ = '\0';
        if (strlen(line) + 1 < LINE_LOG_TEXT_BYTES && line_log_append(log, line, NULL))
            abort();
    }
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct item_table table;
    const struct run_journal_options options = {.restart = true};
    struct run_journal journal;
    struct fault fault = {0};
    char *folder = strdup(fuzz_file("journal-folder", data, 0));

    if (!folder ||
        (!table.header && item_table_create(&table, -1, ITEMS, sizeof(struct image_result), 1, 0, &fault)))
        abort();
    *strrchr(folder, '/') = '\0';
    if (run_journal_open(&journal, folder, &recipe, &batch, &options, &fault)) {
        fprintf(stderr, "%s\n", fault.text);
        abort(); /* our own folder can be opened */
    }
    if (size && data[0] == '+')
        append_lines(&journal.log, data + 1, size - 1);
    else if (write(journal.log.fd, data, size) != (ssize_t)size)
        abort();
    if (run_journal_resume(&journal, &table, &options, &fault) && !fault.text[0])
        abort(); /* refused without a reason */
    for (uint64_t i = 0; i < ITEMS; i++)
        if (atomic_load(&item_table_item(&table, i)->state) == ITEM_DONE)
            abort(); /* there is no such file */
    run_journal_close(&journal);
    free(folder);
    return 0;
}
