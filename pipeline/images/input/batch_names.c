#include "pipeline/images/input/batch_internal.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pipeline/base/lines.h"
#include "pipeline/base/plain_file.h"

/* How the names of a list are read; a list is read in one way only, so that IN/a.jpg cannot mean two files. */
enum reading {
    WITHIN_ROOT, /* paths within the root */
    WITH_ROOT,   /* paths that lead to the root first */
    READINGS
};

/* A list in work. */
struct list {
    struct batch *batch;
    FILE *file;
    const char *path; /* for messages */
    char ending;      /* of a name: a newline or a zero byte */
    char *roots[2];   /* the root cleaned, as it was given and as an absolute path; owned */
    bool *keep[READINGS];
    bool failed[READINGS]; /* a name has no item in this reading */
    struct fault *fault;
};

/* --- one name --------------------------------------------------------------------------------- */

/* Removes needless parts in place: "./" at the start or after a slash, and slashes after a slash. */
static void clean(char *path)
{
    char *to = path;
    const char *from = path;

    while (*from) {
        bool begins = to == path || to[-1] == '/';
        if (begins && from[0] == '.' && from[1] == '/')
            from += 2;
        else if (to != path && begins && *from == '/')
            from++;
        else
            *to++ = *from++;
        if (to == path) /* after a leading "./" more slashes mean nothing */
            while (*from == '/' && from != path)
                from++;
    }
    *to = '\0';
}

/* What follows root in path, or NULL. An empty root (".") is in front of every relative path. */
static const char *after_root(const char *path, const char *root)
{
    size_t length = strlen(root);

    if (!length)
        return *path == '/' ? NULL : path;
    if (strncmp(path, root, length) != 0)
        return NULL;
    if (root[length - 1] == '/')
        return path + length;
    return path[length] == '/' ? path + length + 1 : NULL;
}

static bool find(const struct list *list, const char *name, enum reading reading, uint64_t *index)
{
    if (reading == WITHIN_ROOT)
        return batch_find(list->batch, name, index);
    for (int i = 0; i < 2; i++) {
        const char *within = list->roots[i] ? after_root(name, list->roots[i]) : NULL;
        if (within && batch_find(list->batch, within, index))
            return true;
    }
    return false;
}

/* name as it is in the list, then cleaned, then without the carriage return of a DOS text: a file may have any of these
 * names. */
static bool find_any(const struct list *list, const char *name, char *scratch, enum reading reading,
                     uint64_t *index)
{
    size_t length = strlen(name);

    if (find(list, name, reading, index))
        return true;
    memcpy(scratch, name, length + 1);
    clean(scratch);
    if (find(list, scratch, reading, index))
        return true;
    length = strlen(scratch);
    if (list->ending != '\n' || !length || scratch[length - 1] != '\r')
        return false;
    scratch[length - 1] = '\0';
    return find(list, scratch, reading, index);
}

/* Why a name has no item, for the user. */
static int complain(const struct list *list, const char *name)
{
    const struct batch *batch = list->batch;
    char full[2 * PATH_MAX];
    struct stat status;
    const char *what = "";

    snprintf(full, sizeof full, "%s/%s", batch->root, name);
    if (lstat(full, &status) && lstat(name, &status))
        what = "";
    else if (S_ISDIR(status.st_mode))
        what = ": it is a folder, and a list names files";
    else if (S_ISLNK(status.st_mode))
        what = ": it is a link";
    else if (!S_ISREG(status.st_mode))
        what = ": it is not a regular file";
    return fault_set(list->fault, "list %s: %.200s is not in batch %s%s", list->path, name, batch->root,
                     what);
}

static int take_name(struct list *list, const char *name, char *scratch)
{
    for (int reading = 0; reading < READINGS; reading++) {
        uint64_t index;
        if (list->failed[reading])
            continue;
        if (find_any(list, name, scratch, (enum reading)reading, &index))
            list->keep[reading][index] = true;
        else
            list->failed[reading] = true;
    }
    return list->failed[WITHIN_ROOT] && list->failed[WITH_ROOT] ? complain(list, name) : 0;
}

/* --- the list --------------------------------------------------------------------------------- */

static int refuse_zero(const struct list *list)
{
    fault_set(list->fault, "list %s: has a zero byte in it", list->path);
    return fault_advise(list->fault, ADVICE_NULL_LIST);
}

static int take_line(struct list *list, const char *name, size_t length, char *scratch)
{
    if (length != strlen(name))
        return refuse_zero(list);
    return *name && strcmp(name, "\r") != 0 ? take_name(list, name, scratch) : 0;
}

static int read_names(struct list *list, struct lines *lines, char *scratch)
{
    static const char mark[] = "\xef\xbb\xbf"; /* byte order mark of a UTF-8 text */
    enum lines_result got;
    char *line;
    size_t length, begin = sizeof mark - 1, empty = 0; /* names in a row */

    while ((got = lines_next(lines, &line, &length)) == LINES_LINE && empty < LINES_SKIPPED_MOST) {
        empty = length ? 0 : empty + 1;
        if (strncmp(line, mark, begin) != 0)
            begin = 0;
        if (take_line(list, line + begin, length - begin, scratch))
            return -1;
        begin = 0;
    }
    if (got == LINES_FAILED)
        return fault_set(list->fault, "list %s: %s", list->path, strerror(errno));
    if (got == LINES_LONG)
        return fault_set(list->fault, "list %s: a name in it is longer than %zu bytes", list->path,
                         LINES_OF_PATHS);
    return got == LINES_END ? 0
                            : fault_set(list->fault, "list %s: it has %zu empty names in a row", list->path,
                                        LINES_SKIPPED_MOST);
}

static int take_names(struct list *list)
{
    struct lines lines;
    char *scratch = malloc(LINES_OF_PATHS + 1);
    int failed;

    if (lines_begin(&lines, list->file, list->ending, LINES_OF_PATHS) || !scratch)
        failed = fault_sys(list->fault, "list %s: no memory", list->path);
    else
        failed = read_names(list, &lines, scratch);
    lines_end(&lines);
    free(scratch);
    return failed;
}

static void keep_marked(struct batch *batch, const bool *keep)
{
    uint64_t kept = 0;

    batch->total_bytes = 0;
    for (uint64_t i = 0; i < batch->count; i++) {
        if (!keep[i]) {
            free(batch->paths[i]);
            continue;
        }
        batch->paths[kept] = batch->paths[i];
        batch->bytes[kept] = batch->bytes[i];
        batch->positions[kept] = batch->positions[i];
        batch->total_bytes += batch->bytes[kept++];
    }
    batch->count = kept;
}

static int prepare(struct list *list)
{
    size_t items = list->batch->count ? list->batch->count : 1;

    list->roots[0] = strdup(list->batch->root);
    list->roots[1] = realpath(list->batch->root, NULL); /* NULL: such names are not found */
    list->keep[WITHIN_ROOT] = calloc(items, sizeof(bool));
    list->keep[WITH_ROOT] = calloc(items, sizeof(bool));
    if (!list->roots[0] || !list->keep[WITHIN_ROOT] || !list->keep[WITH_ROOT])
        return fault_sys(list->fault, "list %s: no memory", list->path);
    clean(list->roots[0]);
    if (strcmp(list->roots[0], ".") == 0)
        *list->roots[0] = '\0';
    return 0;
}

static int keep_names(struct list *list)
{
    if (prepare(list) || take_names(list))
        return -1;
    keep_marked(list->batch, list->keep[list->failed[WITHIN_ROOT] ? WITH_ROOT : WITHIN_ROOT]);
    batch_forget_left(list->batch);
    return list->batch->count ? 0 : fault_set(list->fault, "list %s: no item in it", list->path);
}

int batch_keep_listed(struct batch *batch, const char *list_path, bool null, struct fault *fault)
{
    bool from_stdin = strcmp(list_path, "-") == 0;
    const char *why = "";
    struct list list = {.batch = batch,
                        .file = from_stdin ? stdin : plain_file_stream(list_path, &why),
                        .path = list_path,
                        .ending = null ? '\0' : '\n',
                        .fault = fault};
    int failed;

    if (!list.file)
        return fault_set(fault, "list %s: %s", list_path, why);
    failed = keep_names(&list);
    if (!from_stdin)
        fclose(list.file);
    free(list.roots[0]);
    free(list.roots[1]);
    free(list.keep[WITHIN_ROOT]);
    free(list.keep[WITH_ROOT]);
    return failed ? -1 : 0;
}
