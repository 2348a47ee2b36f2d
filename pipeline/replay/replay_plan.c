#include "pipeline/replay/replay_plan.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char head[] = "knee-replay 1";

/* The longest line is two numbers of 20 digits. */
enum { LINE_BYTES = 64 };

int replay_plan_write(const struct replay_plan *plan, const char *path, struct fault *fault)
{
    FILE *file = fopen(path, "we");

    if (!file)
        return fault_set(fault, "%s: %s: give another scratch folder with --out", path, strerror(errno));
    fprintf(file, "%s\ninit %" PRIu64 "\ncontention %.9g\nitems %" PRIu64 "\n", head, plan->init_ns,
            plan->contention, plan->items);
    for (uint64_t i = 0; i < plan->items; i++)
        fprintf(file, "%" PRIu64 " %" PRIu64 "\n", plan->item[i].wall_ns, plan->item[i].cpu_ns);
    if (ferror(file) | fclose(file))
        return fault_set(fault, "%s: %s: free space there, or give another folder with --out", path,
                         strerror(errno));
    return 0;
}

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

static int take_contention(const char *line, double *contention)
{
    char *end;

    if (strncmp(line, "contention ", 11) != 0)
        return -1;
    *contention = strtod(line + 11, &end);
    return end == line + 11 || *end != '\n' || !isfinite(*contention) || *contention < 0 ? -1 : 0;
}

static int take_head(FILE *file, struct replay_plan *plan)
{
    char line[LINE_BYTES];

    return !fgets(line, sizeof line, file) || strncmp(line, head, sizeof head - 1) != 0 ||
                   line[sizeof head - 1] != '\n' || !fgets(line, sizeof line, file) ||
                   take_named(line, "init", &plan->init_ns) || !fgets(line, sizeof line, file) ||
                   take_contention(line, &plan->contention) || !fgets(line, sizeof line, file) ||
                   take_named(line, "items", &plan->items)
               ? -1
               : 0;
}

static int take_item(FILE *file, struct replay_item *item)
{
    char line[LINE_BYTES];
    const char *text = line;

    return !fgets(line, sizeof line, file) || take_number(&text, ' ', &item->wall_ns) ||
                   take_number(&text, '\n', &item->cpu_ns)
               ? -1
               : 0;
}

/* Grows with the lines that are there, so that a wrong number of items costs no memory. */
static int take_items(FILE *file, struct replay_plan *plan)
{
    uint64_t room = 0;

    for (uint64_t i = 0; i < plan->items; i++) {
        if (i == room) {
            struct replay_item *grown;
            room = room ? 2 * room : 1024;
            grown = realloc(plan->item, room * sizeof *grown);
            if (!grown)
                return -1;
            plan->item = grown;
        }
        if (take_item(file, &plan->item[i]))
            return -1;
    }
    return fgetc(file) == EOF ? 0 : -1;
}

int replay_plan_read(struct replay_plan *plan, const char *path, struct fault *fault)
{
    FILE *file = fopen(path, "re");
    int result;

    *plan = (struct replay_plan){0};
    if (!file)
        return fault_set(fault, "%s: %s: --replay takes a folder that 'knee sweep --replay' has made", path,
                         strerror(errno));
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
    free(plan->item);
    *plan = (struct replay_plan){0};
}
