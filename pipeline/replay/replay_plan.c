#include "pipeline/replay/replay_plan.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/lines.h"
#include "pipeline/base/plain_file.h"
#include "pipeline/pool/pool.h"

static const char head[] = "knee-replay 3";

/* The longest line has a number for each of POOL_MAX_WORKERS. */
enum { LINE_BYTES = 64 * POOL_MAX_WORKERS };

/* --- writing ---------------------------------------------------------------------------------- */

static int write_items(const struct replay_plan *plan, FILE *file, struct fault *fault)
{
    for (uint64_t i = 0; i < plan->items; i++) {
        const struct replay_item *item = &plan->item[i];
        fprintf(file, "%" PRIu64 " %" PRIu64 " %" PRIu64 " %" PRIu64, item->wall_ns, item->cpu_ns,
                item->lock_at_ns, item->locked_ns);
        if (plan->label && strchr(plan->label[i].name, '\n'))
            return fault_set(fault, "item %.200s: a name with a line break cannot be replayed",
                             plan->label[i].name);
        if (plan->label)
            fprintf(file, " %" PRIu64 " %s", plan->label[i].bytes, plan->label[i].name);
        fputc('\n', file);
    }
    return 0;
}

int replay_plan_write(const struct replay_plan *plan, const char *path, struct fault *fault)
{
    FILE *file = fopen(path, "we");
    int result;

    if (!file)
        return fault_set(fault, "%s: %s: give another scratch folder with --out", path, strerror(errno));
    fprintf(file, "%s\nprefix %" PRIu64 "\ninit %" PRIu64 "\nsuffix %" PRIu64 "\nexcess", head,
            plan->prefix_ns, plan->init_ns, plan->suffix_ns);
    for (uint32_t i = 0; i < plan->excess_most; i++)
        fprintf(file, " %.9g", plan->excess[i]);
    fprintf(file, "\nitems %" PRIu64 "\n", plan->items);
    result = write_items(plan, file, fault);
    if (ferror(file) | fclose(file) && result == 0)
        return fault_set(fault, "%s: %s: free space there, or give another folder with --out", path,
                         strerror(errno));
    return result;
}

/* --- reading ---------------------------------------------------------------------------------- */

/* A number at *text, and what follows it; *text moves behind it. Returns 0, or -1. */
static int take_number(const char **text, char after, uint64_t *number)
{
    char *end;

    if (**text < '0' || **text > '9')
        return -1;
    errno = 0;
    *number = strtoull(*text, &end, 10);
    if (errno || *end != after)
        return -1;
    *text = end + 1;
    return 0;
}

/* The next line, which must have its end: the last one of a file that was cut off has none. Returns NULL otherwise. */
static char *next_line(struct lines *lines)
{
    size_t length;
    char *line;

    return lines_next(lines, &line, &length) == LINES_LINE && lines->ended && strlen(line) == length ? line
                                                                                                     : NULL;
}

/* "NAME NUMBER" */
static int take_named(struct lines *lines, const char *name, uint64_t *number)
{
    const char *line = next_line(lines);
    size_t length = strlen(name);

    if (!line || strncmp(line, name, length) != 0 || line[length] != ' ')
        return -1;
    line += length + 1;
    return take_number(&line, '\0', number);
}

/* "excess X1 X2 ..." */
static int take_excess(struct lines *lines, struct replay_plan *plan)
{
    char *at = next_line(lines), *end;

    if (!at || strncmp(at, "excess", 6) != 0)
        return -1;
    for (at += 6; *at == ' '; at = end) {
        double value = strtod(at + 1, &end), *grown;
        if (end == at + 1 || !isfinite(value) || value < 0)
            return -1;
        grown = realloc(plan->excess, (plan->excess_most + 1) * sizeof *grown);
        if (!grown)
            return -1;
        plan->excess = grown;
        plan->excess[plan->excess_most++] = value;
    }
    return *at ? -1 : 0;
}

static int take_head(struct lines *lines, struct replay_plan *plan)
{
    const char *line = next_line(lines);

    return !line || strcmp(line, head) != 0 || take_named(lines, "prefix", &plan->prefix_ns) ||
                   take_named(lines, "init", &plan->init_ns) ||
                   take_named(lines, "suffix", &plan->suffix_ns) || take_excess(lines, plan) ||
                   take_named(lines, "items", &plan->items)
               ? -1
               : 0;
}

/* label NULL: the items have none. */
static int take_item(const char *line, struct replay_item *item, struct replay_label *label)
{
    const char *text = line;

    if (take_number(&text, ' ', &item->wall_ns) || take_number(&text, ' ', &item->cpu_ns) ||
        take_number(&text, ' ', &item->lock_at_ns) ||
        take_number(&text, label ? ' ' : '\0', &item->locked_ns) || item->lock_at_ns > item->wall_ns ||
        item->locked_ns > item->wall_ns - item->lock_at_ns)
        return -1;
    if (!label)
        return 0;
    if (take_number(&text, ' ', &label->bytes) || !*text)
        return -1;
    label->name = strdup(text);
    return label->name ? 0 : -1;
}

static int grow(struct replay_plan *plan, uint64_t room, bool labels)
{
    struct replay_item *item = realloc(plan->item, room * sizeof *item);
    struct replay_label *label = labels ? realloc(plan->label, room * sizeof *label) : NULL;

    plan->item = item ? item : plan->item;
    plan->label = label ? label : plan->label;
    return !item || (labels && !label) ? -1 : 0;
}

static unsigned blanks_in(const char *line)
{
    unsigned blanks = 0;

    for (; *line; line++)
        blanks += *line == ' ';
    return blanks;
}

/* Grows with the lines that are there, so that a wrong number of items costs no memory. The first line shows whether
 * items have names: it has more than three blanks. plan->items counts those that were read. */
static int take_items(struct lines *lines, struct replay_plan *plan)
{
    uint64_t room = 0, wanted = plan->items;
    size_t length;
    char *line;
    bool labels = false;
    int result = 0;

    for (plan->items = 0; plan->items < wanted && result == 0;) {
        line = next_line(lines);
        if (!line)
            return -1;
        if (!plan->items)
            labels = blanks_in(line) > 3;
        if (plan->items == room)
            result = grow(plan, room = room ? 2 * room : 1024, labels);
        if (result == 0)
            result = take_item(line, &plan->item[plan->items], labels ? &plan->label[plan->items] : NULL);
        plan->items += result == 0;
    }
    return result || lines_next(lines, &line, &length) != LINES_END ? -1 : 0;
}

int replay_plan_read(struct replay_plan *plan, const char *path, struct fault *fault)
{
    const char *why;
    FILE *file = plain_file_stream(path, &why);
    struct lines lines;
    int result;

    *plan = (struct replay_plan){0};
    if (!file)
        return fault_set(fault, "%s: %s: --replay takes a folder that 'knee sweep --replay' has made", path,
                         why);
    result =
        lines_begin(&lines, file, '\n', LINE_BYTES) || take_head(&lines, plan) || take_items(&lines, plan);
    lines_end(&lines);
    fclose(file);
    if (!result)
        return 0;
    replay_plan_release(plan);
    return fault_set(fault, "%s: not a list of times to replay, or cut off: 'knee sweep --replay' makes it",
                     path);
}

void replay_plan_release(struct replay_plan *plan)
{
    for (uint64_t i = 0; plan->label && i < plan->items; i++)
        free(plan->label[i].name);
    free(plan->label);
    free(plan->item);
    free(plan->excess);
    *plan = (struct replay_plan){0};
}
