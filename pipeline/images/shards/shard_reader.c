/* Reading of the marker of a shard (shard_result.h). It may be anybody's file: every field is checked. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/base/line_log.h"
#include "pipeline/base/plain_file.h"
#include "pipeline/images/recipe/output_name.h"
#include "pipeline/images/shards/shard_result.h"

enum { FIELDS = 8, LONGEST_LINE = 4 * LINE_LOG_TEXT_BYTES };

/* --- lines ------------------------------------------------------------------------------------ */

int shard_reader_damaged(const struct shard_reader *reader, struct fault *fault)
{
    char path[4096];

    return fault_set(fault, "%s: damaged: remove it and run this shard again",
                     shard_marker(reader->out, reader->number, path, sizeof path));
}

/* Reads on behind what is in the buffer. Returns 1, 0 at the end of the file, or -1 with fault. */
static int refill(struct shard_reader *reader, struct fault *fault)
{
    char path[4096];
    const char *why;
    ssize_t got;
    int fd;

    memmove(reader->buffer, reader->buffer + reader->start, reader->end - reader->start);
    reader->end -= reader->start;
    reader->start = 0;
    if (reader->end == reader->capacity) {
        size_t capacity = reader->capacity * 2;
        char *grown = capacity <= 2 * LONGEST_LINE ? realloc(reader->buffer, capacity + 1) : NULL;
        if (!grown)
            return shard_reader_damaged(reader, fault);
        reader->buffer = grown;
        reader->capacity = capacity;
    }
    fd = plain_file_open(shard_marker(reader->out, reader->number, path, sizeof path), &why);
    if (fd < 0)
        return fault_set(fault, "%s: %s", path, why);
    got = pread(fd, reader->buffer + reader->end, reader->capacity - reader->end, reader->offset);
    close(fd);
    if (got < 0)
        return fault_set(fault, "reading %s: %s", path, strerror(errno));
    reader->end += (size_t)got;
    reader->offset += got;
    return got > 0;
}

/* The next line without its newline, NULL at the end of the file or with fault; it stays the next one until
 * line_taken(). */
static char *next_line(struct shard_reader *reader, size_t *length, struct fault *fault)
{
    size_t searched = 0;

    for (;;) {
        char *line = reader->buffer + reader->start;
        char *newline = memchr(line + searched, '\n', reader->end - reader->start - searched);
        if (newline) {
            *length = (size_t)(newline - line);
            return line;
        }
        searched = reader->end - reader->start;
        if (refill(reader, fault) <= 0)
            return NULL;
    }
}

static void line_taken(struct shard_reader *reader, char *line, size_t length)
{
    line[length] = '\0';
    reader->start += length + 1;
}

/* Splits line in place; returns the number of fields, FIELDS + 1 when there are more. */
static int split(char *line, char *fields[FIELDS])
{
    int count = 0;

    while (line) {
        if (count == FIELDS)
            return FIELDS + 1;
        fields[count++] = strsep(&line, "\t");
    }
    return count;
}

static int number(const char *text, uint64_t most, uint64_t *value)
{
    char *end;

    errno = 0;
    *value = strtoull(text, &end, 10);
    return *text < '0' || *text > '9' || *end || errno || *value > most ? -1 : 0;
}

/* --- the heading ------------------------------------------------------------------------------ */

static int take_count(char *const *fields, uint64_t *counts, int count)
{
    uint64_t at, value;

    if (number(fields[1], (uint64_t)count - 1, &at) || number(fields[2], UINT64_MAX, &value))
        return -1;
    counts[at] = value;
    return 0;
}

static int take_rendition(char *const *fields, struct shard_result *result)
{
    int at = result->recipe.rendition_count;
    struct rendition *rendition = &result->recipe.renditions[at];
    struct run_outcome *outcome = &result->outcome;
    uint64_t format;

    if (at == RECIPE_MAX_RENDITIONS || line_field_unescape(fields[1]) || line_field_unescape(fields[3]) ||
        number(fields[2], FORMAT_AS_IS, &format) || !output_name_is_resolved(fields[3]) ||
        strlen(fields[1]) >= sizeof rendition->name || strlen(fields[3]) >= sizeof rendition->output ||
        number(fields[4], UINT64_MAX, &outcome->rendition_files[at]) ||
        number(fields[5], UINT64_MAX, &outcome->rendition_bytes[at]))
        return -1;
    snprintf(rendition->name, sizeof rendition->name, "%s", fields[1]);
    snprintf(rendition->output, sizeof rendition->output, "%s", fields[3]);
    rendition->format = (enum recipe_format)format;
    outcome->outputs += outcome->rendition_files[at];
    result->recipe.rendition_count++;
    return 0;
}

static int take_value(struct shard_result *result, const char *key, const char *value)
{
    uint64_t list;
    const struct {
        const char *key;
        uint64_t *number;
    } numbers[] = {{"shard", &result->shard},           {"start_ns", &result->times.start_ns},
                   {"work_ns", &result->times.work_ns}, {"idle_ns", &result->times.idle_ns},
                   {"end_ns", &result->times.end_ns},   {"done", &result->outcome.done},
                   {"failed", &result->outcome.failed}, {"bytes_out", &result->outcome.bytes_out}};

    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (strcmp(key, numbers[i].key) == 0)
            return number(value, UINT64_MAX, numbers[i].number);
    if (strcmp(key, "list") == 0) {
        if (number(value, RENDITION_LIST_NONE, &list))
            return -1;
        result->list = (enum rendition_list_form)list;
        return 0;
    }
    if (strcmp(key, "host") == 0)
        snprintf(result->host, sizeof result->host, "%s", value);
    else if (strcmp(key, "libraries") == 0)
        snprintf(result->libraries, sizeof result->libraries, "%s", value);
    else if (!shard_plan_take(&result->plan, key, value))
        return -1;
    return 0;
}

static int take_line(struct shard_result *result, char *line)
{
    struct run_outcome *outcome = &result->outcome;
    char *fields[FIELDS];
    int count = split(line, fields);

    if (count == 6 && strcmp(fields[0], "rendition") == 0)
        return take_rendition(fields, result);
    if (count == 2)
        return take_value(result, fields[0], fields[1]);
    if (count != 3)
        return -1;
    if (strcmp(fields[0], "left") == 0)
        return take_count(fields, result->left_counts, LEFT_COUNT);
    if (strcmp(fields[0], "stage") == 0)
        return take_count(fields, outcome->failed_stages, STAGE_COUNT);
    if (strcmp(fields[0], "kind") == 0)
        return take_count(fields, outcome->kinds, KIND_COUNT);
    return strcmp(fields[0], "note") == 0 ? take_count(fields, outcome->notes, NOTE_COUNT) : -1;
}

/* Is it a line behind the heading? */
static bool is_row(const char *line, size_t length)
{
    return (length > 1 && line[1] == '\t') || (length == 3 && memcmp(line, "end", 3) == 0);
}

static int read_heading(struct shard_reader *reader, struct shard_result *result, struct fault *fault)
{
    bool first = true;

    for (;;) {
        size_t length;
        char *line = next_line(reader, &length, fault);
        if (!line)
            return fault->kind ? -1 : shard_reader_damaged(reader, fault);
        if (is_row(line, length))
            return first || !result->recipe.rendition_count ? shard_reader_damaged(reader, fault) : 0;
        line_taken(reader, line, length);
        if (first ? strcmp(line, "knee-shard 1") != 0 : take_line(result, line) != 0)
            return shard_reader_damaged(reader, fault);
        first = false;
    }
}

int shard_reader_begin(struct shard_reader *reader, const char *out, uint64_t shard, size_t window,
                       struct shard_result *result, struct fault *fault)
{
    *reader = (struct shard_reader){.out = out, .number = shard, .capacity = window};
    *result = (struct shard_result){0};
    reader->buffer = malloc(window + 1);
    if (!reader->buffer)
        return fault_sys(fault, "output folder %s: no memory to read its shards", out);
    if (read_heading(reader, result, fault) == 0) {
        if (result->shard == shard)
            return 0;
        shard_reader_damaged(reader, fault);
    }
    shard_reader_end(reader);
    return -1;
}

void shard_reader_end(struct shard_reader *reader)
{
    free(reader->buffer);
    reader->buffer = NULL;
}

/* --- rows ------------------------------------------------------------------------------------- */

int shard_reader_row(struct shard_reader *reader, char *kind, const char **row, struct fault *fault)
{
    size_t length;
    char *line = next_line(reader, &length, fault);

    if (!line)
        return fault->kind ? -1 : shard_reader_damaged(reader, fault);
    if (length < 2 || line[1] != '\t' || (line[0] != 'F' && line[0] != 'N'))
        return 0;
    line_taken(reader, line, length);
    *kind = line[0];
    *row = line + 2;
    return 1;
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int take_digest(const char *text, uint8_t digest[32])
{
    if (strlen(text) != 64)
        return -1;
    for (int i = 0; i < 32; i++) {
        int high = digit(text[2 * i]), low = digit(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return -1;
        digest[i] = (uint8_t)(high * 16 + low);
    }
    return 0;
}

static int take_output(char *line, struct shard_output *output)
{
    char *fields[FIELDS];
    uint64_t rendition, width, height, bytes;

    if (split(line, fields) != 8 || line_field_unescape(fields[1]) || line_field_unescape(fields[2]) ||
        number(fields[3], RECIPE_MAX_RENDITIONS - 1, &rendition) || number(fields[4], UINT16_MAX, &width) ||
        number(fields[5], UINT16_MAX, &height) || number(fields[6], UINT32_MAX, &bytes) ||
        take_digest(fields[7], output->output.sha256))
        return -1;
    output->path = fields[1];
    output->source = fields[2];
    output->rendition = (int)rendition;
    output->output.width = (uint16_t)width;
    output->output.height = (uint16_t)height;
    output->output.bytes = (uint32_t)bytes;
    return 0;
}

int shard_reader_output(struct shard_reader *reader, struct shard_output *output, struct fault *fault)
{
    size_t length;
    char *line;

    if (reader->whole)
        return 0;
    line = next_line(reader, &length, fault);
    if (!line)
        return fault->kind ? -1 : shard_reader_damaged(reader, fault);
    line_taken(reader, line, length);
    if (strcmp(line, "end") == 0) {
        reader->whole = true;
        return 0;
    }
    return line[0] == 'O' && take_output(line, output) == 0 ? 1 : shard_reader_damaged(reader, fault);
}
