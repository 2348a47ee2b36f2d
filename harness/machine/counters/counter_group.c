#include "harness/machine/counters/counter_group.h"

#include <glib.h>
#include <linux/perf_event.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "harness/machine/counters/perf_names.h"
#include "pipeline/base/paths.h"
#include "pipeline/base/plain_file.h"

static const char folder[] = "harness/machine/counters/groups";

/* While a group is being read. */
struct reading {
    const char *path;
    struct counter_group *group;
    struct fault *fault;
};

/* --- faults ----------------------------------------------------------------------------------- */

/* About a key of a group, or about the group's heading when key is NULL or not there. Returns -1. */
static int complain(const struct reading *r, const char *heading, const char *key, const char *what)
{
    const struct key_line *line = key_file_line(&r->group->file, heading, key);

    if (!line)
        line = key_file_line(&r->group->file, heading, NULL);
    if (!line)
        return fault_set(r->fault, "%s: [%s]%s%s: %s", r->path, heading, key ? " " : "", key ? key : "",
                         what);
    return fault_set(r->fault, "%s:%d: [%s]%s%s: %s", r->path, line->number, heading, key ? " " : "",
                     key ? key : "", what);
}

/* The value of a key that must be there; NULL with fault. */
static const char *needed(const struct reading *r, const char *heading, const char *key)
{
    const char *value = key_file_find(&r->group->file, heading, key);

    if (value && *value)
        return value;
    complain(r, heading, key, "is missing or empty");
    return NULL;
}

static bool is_name(const char *name)
{
    size_t length = strlen(name);

    return g_ascii_islower(name[0]) && length < FORMULA_NAME_BYTES &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

/* --- events ----------------------------------------------------------------------------------- */

bool counter_group_is_trial_input(const char *name)
{
    return strcmp(name, "items") == 0 || strcmp(name, "wall-ns") == 0;
}

static bool has_event(const struct counter_group *group, const char *name)
{
    for (uint32_t i = 0; i < group->event_count; i++)
        if (strcmp(group->events[i].name, name) == 0)
            return true;
    return false;
}

/* Fills papi[] with the parts of value, which is cut at its semicolons. */
static int take_papi(const struct reading *r, const char *heading, char *value, struct counter_event *event)
{
    size_t count = 0, most = G_N_ELEMENTS(event->papi);

    for (char *next = value; next;) {
        char *part = next;
        next = strchr(part, ';');
        if (next)
            *next++ = '\0';
        part = g_strstrip(part);
        if (!*part)
            continue;
        if (count == most)
            return complain(r, heading, "papi", "give at most 3 names");
        event->papi[count++] = part;
    }
    return 0;
}

static int take_event(const struct reading *r, const char *heading, const char *name)
{
    struct counter_group *group = r->group;
    struct counter_event event = {.name = name};
    const char *perf = needed(r, heading, "perf");
    const struct key_line *papi = key_file_line(&group->file, heading, "papi");
    struct perf_event known;

    if (!perf)
        return -1;
    if (!is_name(name) || counter_group_is_trial_input(name))
        return complain(r, heading, NULL,
                        "name it by small letters, digits and hyphens; not 'items', not 'wall-ns'");
    if (group->event_count + 1 >= COUNTERS_MOST) /* one place is kept for the task clock */
        return complain(r, heading, NULL, "too many events: a group has at most 15");
    if (perf_event_parse(perf, &known)) {
        char names[400], what[500];
        snprintf(what, sizeof what, "no such event: choose r<hex> or one of %s",
                 perf_event_names(names, sizeof names));
        return complain(r, heading, "perf", what);
    }
    if ((strcmp(name, "task-clock") == 0) != (strcmp(perf, "task-clock") == 0))
        return complain(r, heading, "perf", "the event task-clock, and no other, is the kernel's task-clock");
    event.type = known.type;
    event.config = known.config;
    event.kind = known.type == PERF_TYPE_SOFTWARE ? COUNTER_SOFTWARE : COUNTER_HARDWARE;
    if (papi && take_papi(r, heading, papi->value, &event))
        return -1;
    group->events[group->event_count++] = event;
    return 0;
}

static void add_task_clock(struct counter_group *group)
{
    if (!has_event(group, "task-clock"))
        group->events[group->event_count++] = (struct counter_event){.name = "task-clock",
                                                                     .papi = {"perf::TASK-CLOCK"},
                                                                     .config = PERF_COUNT_SW_TASK_CLOCK,
                                                                     .type = PERF_TYPE_SOFTWARE,
                                                                     .kind = COUNTER_SOFTWARE};
}

/* --- derived quantities ----------------------------------------------------------------------- */

static enum formula_input anything_known(void *context, const char *name, double *value, char *reason)
{
    (void)reason;
    *value = 1;
    return has_event(context, name) || counter_group_is_trial_input(name) ? INPUT_VALUE : INPUT_UNKNOWN;
}

static int take_derived(const struct reading *r, const char *heading, const char *name)
{
    struct counter_group *group = r->group;
    struct counter_derived derived = {.name = name,
                                      .formula = needed(r, heading, "formula"),
                                      .unit = key_file_find(&group->file, heading, "unit"),
                                      .about = key_file_find(&group->file, heading, "about")};
    struct formula_result trial;

    if (!derived.formula || !needed(r, heading, "unit") || !needed(r, heading, "about"))
        return -1;
    if (!is_name(name))
        return complain(r, heading, NULL, "name it by small letters, digits and hyphens");
    if (group->derived_count == COUNTER_DERIVED_MOST)
        return complain(r, heading, NULL, "too many quantities: a group has at most 16");
    trial = formula_evaluate(derived.formula, anything_known, group);
    if (trial.state == FORMULA_WRONG)
        return complain(r, heading, "formula", trial.reason);
    group->derived[group->derived_count++] = derived;
    return 0;
}

/* --- the whole -------------------------------------------------------------------------------- */

static const char *const group_keys[] = {"name", "about", "caveats", NULL};
static const char *const event_keys[] = {"perf", "papi", NULL};
static const char *const derived_keys[] = {"formula", "unit", "about", NULL};

static const char *const *keys_of(const char *heading)
{
    if (strcmp(heading, "group") == 0)
        return group_keys;
    if (g_str_has_prefix(heading, "event "))
        return event_keys;
    return g_str_has_prefix(heading, "derived ") ? derived_keys : NULL;
}

static int check_names(const struct reading *r)
{
    for (size_t i = 0; i < r->group->file.count; i++) {
        const struct key_line *line = &r->group->file.lines[i];
        const char *const *keys = keys_of(line->group);
        if (!keys)
            return complain(r, line->group, NULL, "is not [group], [event NAME] or [derived NAME]");
        if (line->key && !g_strv_contains(keys, line->key))
            return complain(r, line->group, line->key, "is not a key of this group");
    }
    return 0;
}

static int take_all(const struct reading *r)
{
    struct counter_group *group = r->group;
    const struct key_file *file = &group->file;

    group->name = needed(r, "group", "name");
    group->about = group->name ? needed(r, "group", "about") : NULL;
    if (!group->about)
        return -1;
    group->caveats = key_file_find(file, "group", "caveats");
    if (!group->caveats)
        group->caveats = "";
    if (!is_name(group->name))
        return complain(r, "group", "name", "use small letters, digits and hyphens");
    for (size_t i = 0; i < file->count; i++)
        if (!file->lines[i].key && g_str_has_prefix(file->lines[i].group, "event ") &&
            take_event(r, file->lines[i].group, file->lines[i].group + strlen("event ")))
            return -1;
    if (group->event_count == 0)
        return fault_set(r->fault, "%s: has no [event NAME]: a group counts at least one", r->path);
    add_task_clock(group);
    for (size_t i = 0; i < file->count; i++)
        if (!file->lines[i].key && g_str_has_prefix(file->lines[i].group, "derived ") &&
            take_derived(r, file->lines[i].group, file->lines[i].group + strlen("derived ")))
            return -1;
    return 0;
}

int counter_group_parse(const char *path, const char *text, struct counter_group *group, struct fault *fault)
{
    struct reading r = {.path = path, .group = group, .fault = fault};

    *group = (struct counter_group){0};
    if (key_file_parse(&group->file, path, text, fault))
        return -1;
    group->path = g_strdup(path);
    group->text = g_strdup(text);
    if (check_names(&r) || take_all(&r)) {
        counter_group_release(group);
        return -1;
    }
    return 0;
}

int counter_group_load(const char *name, struct counter_group *group, struct fault *fault)
{
    char relative[PATH_MAX], path[PATH_MAX], *text = NULL;
    bool is_path = strchr(name, '/') || g_str_has_suffix(name, ".group");
    const char *why;
    size_t bytes;
    int result;

    if (is_path) {
        snprintf(path, sizeof path, "%s", name);
    } else {
        snprintf(relative, sizeof relative, "%s/%.200s.group", folder, name);
        paths_data(relative, path, sizeof path);
    }
    text = plain_file_read(path, PLAIN_FILE_TEXT, &bytes, &why);
    if (!text)
        return fault_set(fault,
                         "counter group '%.60s': %.300s cannot be read: 'knee doctor' lists the groups", name,
                         path);
    result = strlen(text) == bytes ? counter_group_parse(path, text, group, fault)
                                   : fault_set(fault, "%s: has a zero byte in it: it is not a text", path);
    g_free(text);
    return result;
}

void counter_group_release(struct counter_group *group)
{
    key_file_release(&group->file);
    g_free(group->path);
    g_free(group->text);
    *group = (struct counter_group){0};
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char **counter_group_names(void)
{
    char path[PATH_MAX];
    GPtrArray *names = g_ptr_array_new();
    GDir *dir = g_dir_open(paths_data(folder, path, sizeof path), 0, NULL);

    for (const char *file; dir && (file = g_dir_read_name(dir)) != NULL;)
        if (g_str_has_suffix(file, ".group"))
            g_ptr_array_add(names, g_strndup(file, strlen(file) - strlen(".group")));
    if (dir)
        g_dir_close(dir);
    g_ptr_array_sort(names, compare_texts);
    g_ptr_array_add(names, NULL);
    return (char **)g_ptr_array_free(names, FALSE);
}
