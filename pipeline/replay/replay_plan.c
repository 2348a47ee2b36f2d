#include "pipeline/replay/replay_plan.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/plain_file.h"

static const char head[] = "knee-replay 2";

/* The longest line of the head is a word and a number. */
enum { LINE_BYTES = 64 };

/* --- writing ---------------------------------------------------------------------------------- */

static int write_items(const struct replay_plan *plan, FILE *file, struct fault *fault)
{
    for (uint64_t i = 0; i < plan->items; i++) {
        fprintf(file, "%" PRIu64 " %" PRIu64, plan->item[i].wall_ns, plan->item[i].cpu_ns);
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

/* "NAME NUMBER\n" */
static int take_named(const char *line, const char *name, uint64_t *number)
{
    size_t length = strlen(name);

    if (strncmp(line, name, length) != 0 || line[length] != ' ')
        return -1;
    line += length + 1;
    return take_number(&line, '\n', number);
}

/* "excess X1 X2 ...\n" */
static int take_excess(FILE *file, struct replay_plan *plan)
{
    char *line = NULL, *at, *end;
    size_t bytes = 0;
    int result = -1;

    if (getline(&line, &bytes, file) >= 0 && strncmp(line, "excess", 6) == 0)
        for (at = line + 6; *at == ' '; at = end) {
            double value = strtod(at + 1, &end), *grown;
            if (end == at + 1 || !isfinite(value) || value < 0)
                break;
            grown = realloc(plan->excess, (plan->excess_most + 1) * sizeof *grown);
            if (!grown)
                break;
            plan->excess = grown;
            plan->excess[plan->excess_most++] = value;
        }
    else
        at = line;
    if (at && *at == '\n')
        result = 0;
    free(line);
    return result;
}

static int take_head(FILE *file, struct replay_plan *plan)
{
    char line[LINE_BYTES];
    uint64_t *const times[] = {&plan->prefix_ns, &plan->init_ns, &plan->suffix_ns};
    static const char *const names[] = {"prefix", "init", "suffix"};

    if (!fgets(line, sizeof line, file) || strncmp(line, head, sizeof head - 1) != 0 ||
        line[sizeof head - 1] != '\n')
        return -1;
    for (int i = 0; i < 3; i++)
        if (!fgets(line, sizeof line, file) || take_named(line, names[i], times[i]))
            return -1;
    return take_excess(file, plan) || !fgets(line, sizeof line, file) ||
                   take_named(line, "items", &plan->items)
               ? -1
               : 0;
}

/* label NULL: the items have none. */
static int take_item(const char *line, struct replay_item *item, struct replay_label *label)
{
    const char *text = line;
    size_t length;

    if (take_number(&text, ' ', &item->wall_ns) || take_number(&text, label ? ' ' : '\n', &item->cpu_ns))
        return -1;
    if (!label)
        return 0;
    length = take_number(&text, ' ', &label->bytes) ? 0 : strlen(text);
    if (length < 2 || text[length - 1] != '\n')
        return -1;
    label->name = strndup(text, length - 1);
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

/* Grows with the lines that are there, so that a wrong number of items costs no memory. The first line shows whether
 * items have names: it has more than one blank. plan->items counts those that were read. */
static int take_items(FILE *file, struct replay_plan *plan)
{
    uint64_t room = 0, wanted = plan->items;
    size_t bytes = 0;
    char *line = NULL;
    bool labels = false;
    int result = 0;

    for (plan->items = 0; plan->items < wanted && result == 0;) {
        if (getline(&line, &bytes, file) < 0)
            break;
        if (!plan->items)
            labels = strchr(line, ' ') != strrchr(line, ' ');
        if (plan->items == room)
            result = grow(plan, room = room ? 2 * room : 1024, labels);
        if (result == 0)
            result = take_item(line, &plan->item[plan->items], labels ? &plan->label[plan->items] : NULL);
        plan->items += result == 0;
    }
    free(line);
    return result || plan->items < wanted || fgetc(file) != EOF ? -1 : 0;
}

int replay_plan_read(struct replay_plan *plan, const char *path, struct fault *fault)
{
    const char *why;
    FILE *file = plain_file_stream(path, &why);
    int result;

    *plan = (struct replay_plan){0};
    if (!file)
        return fault_set(fault, "%s: %s: --replay takes a folder that 'knee sweep --replay' has made", path,
                         why);
    result = take_head(file, plan) || take_items(file, plan);
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
