#include "harness/trial/spans.h"

#include <jansson.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/pool/pool.h"

#define SECONDS_MOST 9e9 /* 285 years, and within 64 bits as ns */
enum { ROUNDING_NS = 10000000 };

/* --- one line --- */

__attribute__((format(printf, 3, 4))) static int bad(char *reason, size_t bytes, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(reason, bytes, format, arguments);
    va_end(arguments);
    return -1;
}

#define BAD(...) bad(reason, sizeof((struct spans *)NULL)->reason, __VA_ARGS__)

/* Seconds as ns; *ns is left alone when the key is missing and may be. */
static int take_seconds(const json_t *line, const char *key, bool needed, int64_t *ns, char *reason)
{
    const json_t *value = json_object_get(line, key);
    double seconds;

    if (!value)
        return needed ? BAD("no \"%s\"", key) : 0;
    seconds = json_number_value(value);
    if (!json_is_number(value) || !isfinite(seconds) || seconds < 0 || seconds > SECONDS_MOST)
        return BAD("\"%s\" is not a number of seconds from 0 on", key);
    *ns = (int64_t)llround(seconds * 1e9);
    return 0;
}

static int take_count(const json_t *line, const char *key, bool needed, int64_t most, int64_t *count,
                      char *reason)
{
    const json_t *value = json_object_get(line, key);

    if (!value)
        return needed ? BAD("no \"%s\"", key) : 0;
    if (!json_is_integer(value) || json_integer_value(value) < 0 || json_integer_value(value) > most)
        return BAD("\"%s\" is not a whole number from 0 to %lld", key, (long long)most);
    *count = json_integer_value(value);
    return 0;
}

/* Text of 1 .. room - 1 bytes without control characters; NULL with reason. */
static const char *text_of(const json_t *value, const char *key, size_t room, char *reason)
{
    const char *text = json_string_value(value);
    size_t length = json_string_length(value);

    if (text && length > 0 && length < room && strlen(text) == length) {
        size_t i = 0;
        while (i < length && (unsigned char)text[i] >= 0x20 && text[i] != 0x7f)
            i++;
        if (i == length)
            return text;
    }
    BAD("\"%s\" is not a text of 1 to %zu bytes without control characters", key, room - 1);
    return NULL;
}

static int take_subject(const json_t *line, struct span *span, char *reason)
{
    const json_t *item = json_object_get(line, "item"), *phase = json_object_get(line, "phase"),
                 *kind = json_object_get(line, "kind");
    const char *text;

    if (!item == !phase)
        return BAD("give one of \"item\" and \"phase\"");
    if (phase) {
        text = json_is_string(phase) ? json_string_value(phase) : "";
        span->phase = strcmp(text, "life") == 0 ? SPAN_LIFE : SPAN_INIT;
        return span->phase == SPAN_LIFE || strcmp(text, "init") == 0
                   ? 0
                   : BAD("\"phase\" can only be \"init\" or \"life\"");
    }
    if (kind) {
        text = text_of(kind, "kind", SPANS_KIND_BYTES, reason);
        if (!text)
            return -1;
        snprintf(span->kind, sizeof span->kind, "%s", text);
    }
    text = text_of(item, "item", SPANS_NAME_BYTES, reason);
    if (!text)
        return -1;
    span->item = strdup(text);
    return span->item ? 0 : BAD("no memory");
}

static int take_lock(const json_t *line, struct span *span, char *reason)
{
    if (take_seconds(line, "locked", false, &span->locked_ns, reason) ||
        take_seconds(line, "unlocked", false, &span->unlocked_ns, reason))
        return -1;
    if ((span->locked_ns < 0) != (span->unlocked_ns < 0))
        return BAD("give both of \"locked\" and \"unlocked\", or none");
    if (span->locked_ns >= 0 &&
        (span->locked_ns < (int64_t)span->start_ns || span->unlocked_ns < span->locked_ns ||
         span->unlocked_ns > (int64_t)span->end_ns))
        return BAD("\"locked\" and \"unlocked\" are not in order between \"start\" and \"end\"");
    return 0;
}

/* Keys that only one sort of span has; instants must be in order and within the span. */
static int take_more(const json_t *line, struct span *span, char *reason)
{
    int64_t start_ns = (int64_t)span->start_ns, end_ns = (int64_t)span->end_ns;

    if (span->phase == SPAN_ITEM) {
        if (take_seconds(line, "claim", false, &span->claim_ns, reason) || take_lock(line, span, reason))
            return -1;
        return span->claim_ns > start_ns ? BAD("\"claim\" is after \"start\"") : 0;
    }
    if (span->phase == SPAN_INIT)
        return 0;
    if (take_seconds(line, "begin", false, &span->begin_ns, reason) ||
        take_seconds(line, "go", false, &span->go_ns, reason) ||
        take_seconds(line, "queued", false, &span->queued_ns, reason))
        return -1;
    if (span->begin_ns >= 0 && (span->begin_ns < start_ns || span->begin_ns > end_ns))
        return BAD("\"begin\" is not between \"start\" and \"end\"");
    if (span->go_ns >= 0 && (span->go_ns < start_ns || span->go_ns < span->begin_ns || span->go_ns > end_ns))
        return BAD("\"go\" is not between \"begin\" and \"end\"");
    return span->queued_ns > end_ns - start_ns ? BAD("\"queued\" is longer than the life") : 0;
}

static int take_span(const json_t *line, struct span *span, char *reason)
{
    int64_t worker = 0, start_ns = 0, end_ns = 0;

    if (!json_is_object(line))
        return BAD("not a JSON object");
    if (take_count(line, "worker", true, POOL_MAX_WORKERS - 1, &worker, reason) ||
        take_seconds(line, "start", true, &start_ns, reason) ||
        take_seconds(line, "end", true, &end_ns, reason) ||
        take_seconds(line, "cpu", false, &span->cpu_ns, reason) ||
        take_count(line, "bytes", false, INT64_MAX, &span->bytes, reason))
        return -1;
    if (end_ns < start_ns)
        return BAD("\"end\" is before \"start\"");
    span->worker = (uint32_t)worker;
    span->start_ns = (uint64_t)start_ns;
    span->end_ns = (uint64_t)end_ns;
    return take_subject(line, span, reason) || take_more(line, span, reason) ? -1 : 0;
}

/* text is not terminated. */
static int parse_line(const char *text, size_t length, struct span *span, char *reason)
{
    json_error_t error;
    json_t *line;
    int result;

    if (length > SPANS_LINE_BYTES)
        return BAD("longer than %d bytes", SPANS_LINE_BYTES);
    line = json_loadb(text, length, JSON_REJECT_DUPLICATES, &error);
    if (!line)
        return BAD("no JSON: %.100s", error.text);
    result = take_span(line, span, reason);
    json_decref(line);
    return result;
}

/* --- the text --- */

static bool is_blank(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r')
            return false;
    return true;
}

static int add(struct spans *spans, size_t *room, const struct span *span)
{
    if (spans->count == *room) {
        size_t more = *room ? 2 * *room : 64;
        struct span *grown = realloc(spans->span, more * sizeof *grown);
        if (!grown)
            return -1;
        spans->span = grown;
        *room = more;
    }
    spans->span[spans->count++] = *span;
    return 0;
}

static int take_line(struct spans *spans, size_t *room, const char *text, size_t length, uint32_t number,
                     struct fault *fault)
{
    struct span span = {.line = number,
                        .bytes = -1,
                        .cpu_ns = -1,
                        .claim_ns = -1,
                        .locked_ns = -1,
                        .unlocked_ns = -1,
                        .begin_ns = -1,
                        .go_ns = -1,
                        .queued_ns = -1};
    char reason[sizeof spans->reason] = "";

    if (is_blank(text, length))
        return 0;
    spans->lines++;
    if (parse_line(text, length, &span, reason)) {
        free(span.item);
        if (spans->bad++ == 0) {
            spans->first_bad = number;
            memcpy(spans->reason, reason, sizeof reason);
        }
        return 0;
    }
    if (spans->count < SPANS_MOST && add(spans, room, &span) == 0)
        return 0;
    free(span.item);
    return fault_sys(fault,
                     spans->count < SPANS_MOST ? "spans: no memory for line %u"
                                               : "spans: line %u: more spans than can be read",
                     number);
}

int spans_parse(const char *text, size_t length, struct spans *spans, struct fault *fault)
{
    const char *end = text + length;
    size_t room = 0;
    uint32_t number = 0;

    *spans = (struct spans){0};
    if (length > SPANS_FILE_BYTES)
        return fault_set(fault, "spans: the file has %zu bytes, more than the %d that are read", length,
                         SPANS_FILE_BYTES);
    while (length > 0 && text < end) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        size_t line = (size_t)((stop ? stop : end) - text);
        if (take_line(spans, &room, text, line, ++number, fault)) {
            spans_release(spans);
            return -1;
        }
        text += line + 1;
        if (!stop)
            break;
    }
    return 0;
}

void spans_release(struct spans *spans)
{
    for (size_t i = 0; i < spans->count; i++)
        free(spans->span[i].item);
    free(spans->span);
    spans->span = NULL;
    spans->count = 0;
}

/* --- all together --- */

static int by_item(const void *a, const void *b)
{
    const struct span *x = a, *y = b;
    int order = !x->item - !y->item;

    if (order == 0 && x->item)
        order = strcmp(x->item, y->item);
    return order ? order : x->line < y->line ? -1 : x->line > y->line;
}

static int by_worker(const void *a, const void *b)
{
    const struct span *x = a, *y = b;

    if (x->worker != y->worker)
        return x->worker < y->worker ? -1 : 1;
    if ((x->phase == SPAN_LIFE) != (y->phase == SPAN_LIFE))
        return x->phase == SPAN_LIFE ? -1 : 1;
    if (x->start_ns != y->start_ns)
        return x->start_ns < y->start_ns ? -1 : 1;
    if (x->end_ns != y->end_ns)
        return x->end_ns < y->end_ns ? -1 : 1;
    return x->line < y->line ? -1 : x->line > y->line;
}

static int check_one(struct span *span, uint32_t workers, uint64_t begin_ns, uint64_t end_ns,
                     struct fault *fault)
{
    if (span->worker >= workers)
        return fault_set(fault, "spans: line %u: worker %u of %u: number them from 0", span->line,
                         span->worker, workers);
    if (span->start_ns + ROUNDING_NS < begin_ns || span->end_ns > end_ns + ROUNDING_NS)
        return fault_set(fault, "spans: line %u: outside of the run's time: give seconds of CLOCK_MONOTONIC",
                         span->line);
    span->start_ns = span->start_ns < begin_ns ? begin_ns : span->start_ns > end_ns ? end_ns : span->start_ns;
    span->end_ns = span->end_ns > end_ns           ? end_ns
                   : span->end_ns < span->start_ns ? span->start_ns
                                                   : span->end_ns;
    return 0;
}

static uint64_t within(uint64_t at, const struct span *span)
{
    return at < span->start_ns ? span->start_ns : at > span->end_ns ? span->end_ns : at;
}

/* Instants inside a span that was cut off are cut off with it. */
static void cut_instants(struct span *span)
{
    if (span->begin_ns >= 0)
        span->begin_ns = (int64_t)within((uint64_t)span->begin_ns, span);
    if (span->go_ns >= 0)
        span->go_ns = (int64_t)within((uint64_t)span->go_ns, span);
}

/* life: of the same worker; NULL: not given. */
static int check_life(const struct span *life, const struct span *span, struct fault *fault)
{
    if (!life || span == life)
        return 0;
    if (span->phase == SPAN_LIFE)
        return fault_set(fault, "spans: line %u: a second \"life\" of worker %u (line %u)", span->line,
                         span->worker, life->line);
    if (span->start_ns < life->start_ns || span->end_ns > life->end_ns ||
        (life->begin_ns >= 0 && span->start_ns < (uint64_t)life->begin_ns) ||
        (span->phase == SPAN_ITEM && life->go_ns >= 0 && span->start_ns < (uint64_t)life->go_ns))
        return fault_set(fault, "spans: line %u: worker %u is at work outside of its life (line %u)",
                         span->line, span->worker, life->line);
    if (span->phase == SPAN_INIT && life->go_ns >= 0 && span->end_ns > (uint64_t)life->go_ns)
        return fault_set(fault, "spans: line %u: \"init\" of worker %u ends after its go (line %u)",
                         span->line, span->worker, life->line);
    return 0;
}

static int check_pair(const struct span *before, const struct span *span, struct fault *fault)
{
    if (before->worker != span->worker || before->phase == SPAN_LIFE)
        return 0;
    if (span->start_ns < before->end_ns)
        return fault_set(fault, "spans: line %u: worker %u is at two things at once (line %u)", span->line,
                         span->worker, before->line);
    if (!span->item)
        return fault_set(fault, "spans: line %u: \"init\" of worker %u is not its first span", span->line,
                         span->worker);
    return 0;
}

int spans_check(struct spans *spans, uint32_t workers, uint64_t begin_ns, uint64_t end_ns,
                struct fault *fault)
{
    struct span *span = spans->span;
    const struct span *life = NULL;

    for (size_t i = 0; i < spans->count; i++) {
        if (check_one(&span[i], workers, begin_ns, end_ns, fault))
            return -1;
        cut_instants(&span[i]);
    }
    if (spans->count == 0)
        return 0;
    qsort(span, spans->count, sizeof *span, by_item);
    for (size_t i = 1; i < spans->count; i++)
        if (span[i].item && span[i - 1].item && strcmp(span[i].item, span[i - 1].item) == 0)
            return fault_set(fault, "spans: line %u: item %.100s is there twice (line %u)", span[i].line,
                             span[i].item, span[i - 1].line);
    qsort(span, spans->count, sizeof *span, by_worker);
    for (size_t i = 0; i < spans->count; i++) {
        if (i == 0 || span[i].worker != span[i - 1].worker)
            life = span[i].phase == SPAN_LIFE ? &span[i] : NULL;
        if (check_life(life, &span[i], fault) || (i > 0 && check_pair(&span[i - 1], &span[i], fault)))
            return -1;
    }
    return 0;
}
