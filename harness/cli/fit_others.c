#include "harness/cli/fit_others.h"

#include <glib.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "harness/fit/fit_json.h"
#include "harness/study/study_read.h"
#include "pipeline/base/plain_file.h"

static const char *const keys[WAYS] = {[WAY_REPLAYED] = "replayed_study", [WAY_EMULATED] = "emulated_study"};

/* --- paths ------------------------------------------------------------------------------------ */

/* The way from a folder to a path, so that both can move together; the caller frees. One that is not there now keeps
 * the name that fit_others_recall() found: it may come back. */
static char *relative_path(const char *folder, const char *path)
{
    char *from = realpath(folder, NULL), *to = realpath(path, NULL), *result = NULL;

    if (from && to) {
        char **up = g_strsplit(from + 1, "/", -1), **down = g_strsplit(to + 1, "/", -1), *rest;
        GString *text = g_string_new(NULL);
        size_t same = 0;
        while (up[same] && down[same] && *up[same] && strcmp(up[same], down[same]) == 0)
            same++;
        for (size_t i = same; up[i] && *up[i]; i++)
            g_string_append(text, "../");
        rest = g_strjoinv("/", down + same);
        g_string_append(text, rest);
        result = g_string_free(text, FALSE);
        g_free(rest);
        g_strfreev(up);
        g_strfreev(down);
    }
    if (!result)
        result = g_strdup(
            g_str_has_prefix(path, folder) && path[strlen(folder)] == '/' ? path + strlen(folder) + 1 : path);
    free(from);
    free(to);
    return result;
}

void fit_others_give(struct fit_others *others, const char *replayed, const char *emulated)
{
    *others = (struct fit_others){.given = true};
    others->path[WAY_REPLAYED] = g_strdup(replayed);
    others->path[WAY_EMULATED] = g_strdup(emulated);
}

void fit_others_recall(struct fit_others *others, const char *folder)
{
    char *path = g_build_filename(folder, "fit.json", NULL), *text;
    const char *why;
    size_t bytes = 0;
    json_t *json;

    *others = (struct fit_others){.given = false};
    text = plain_file_read(path, PLAIN_FILE_TEXT, &bytes, &why);
    json = text ? json_loadb(text, bytes, 0, NULL) : NULL;
    for (int way = 0; way < WAYS; way++) {
        const char *name =
            keys[way] ? json_string_value(json_object_get(json_object_get(json, "three_ways"), keys[way]))
                      : NULL;
        if (name)
            others->path[way] =
                g_path_is_absolute(name) ? g_strdup(name) : g_build_filename(folder, name, NULL);
    }
    json_decref(json);
    g_free(text);
    g_free(path);
}

/* --- studies ---------------------------------------------------------------------------------- */

static int open_one(struct fit_others *others, enum three_ways_way way, const struct study_data *study,
                    struct fault *fault)
{
    char *folder = NULL;

    if (study_read(others->path[way], &others->study[way], &folder, fault))
        return -1;
    g_free(others->path[way]); /* of what was given as its study.db too: a report looks there for changes */
    others->path[way] = folder;
    return three_ways_check(study, &others->study[way], way, fault) ||
                   fit_account_make(&others->study[way], &others->account[way], fault)
               ? -1
               : 0;
}

int fit_others_open(struct fit_others *others, const struct study_data *study, struct fault *fault)
{
    struct fit_account *accounts[WAYS] = {NULL};
    char reasons[WAYS][sizeof fault->text] = {""};
    bool any = false;

    for (int way = 0; way < WAYS; way++) {
        struct fault why = {.text = ""};
        if (!others->path[way])
            continue;
        any = true;
        if (open_one(others, (enum three_ways_way)way, study, others->given ? fault : &why) == 0)
            accounts[way] = &others->account[way];
        else if (others->given)
            return -1;
        else
            g_strlcpy(reasons[way], why.text, sizeof reasons[way]);
    }
    if (!any)
        return 0;
    three_ways_make(accounts[WAY_REPLAYED], accounts[WAY_EMULATED], &others->ways);
    for (int way = 0; way < WAYS; way++)
        if (reasons[way][0])
            three_ways_leave_out(&others->ways, (enum three_ways_way)way, reasons[way]);
    return 0;
}

json_t *fit_others_json(const struct fit_others *others, const char *folder)
{
    json_t *object;

    if (!others->ways.rows)
        return json_null();
    object = three_ways_json(&others->ways);
    for (int way = 0; way < WAYS; way++) {
        char *relative = others->path[way] ? relative_path(folder, others->path[way]) : NULL;
        if (keys[way])
            fit_json_put(object, keys[way], fit_json_text(relative));
        g_free(relative);
    }
    return object;
}

void fit_others_release(struct fit_others *others)
{
    three_ways_release(&others->ways);
    for (int way = 0; way < WAYS; way++) {
        fit_account_release(&others->account[way]);
        study_data_release(&others->study[way]);
        g_free(others->path[way]);
    }
    *others = (struct fit_others){.given = false};
}
