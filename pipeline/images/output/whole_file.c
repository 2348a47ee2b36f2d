#include "pipeline/images/output/whole_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib.h>

#include "pipeline/base/one_line.h"
#include "pipeline/pool/failpoint.h"

int whole_file_begin(struct whole_file *whole, const char *folder, const char *name, struct fault *fault)
{
    int fd = -1;

    *whole = (struct whole_file){.name = name, .folder = -1};
    snprintf(whole->final, sizeof whole->final, "%s/%s", folder, name);
    whole->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (whole->folder >= 0)
        fd = store_open_temporary(whole->folder, whole->temporary);
    if (fd >= 0)
        whole->file = fdopen(fd, "w");
    if (whole->file)
        return 0;
    fault_sys(fault, "writing %s: %s: is the output folder writable?", whole->final, strerror(errno));
    if (fd >= 0) {
        close(fd);
        unlinkat(whole->folder, whole->temporary, 0);
    }
    whole_file_abandon(whole);
    return -1;
}

/* Returns 0, or -1 with errno. */
static int give_name(const struct whole_file *whole, bool first)
{
    if (!first)
        return renameat(whole->folder, whole->temporary, whole->folder, whole->name);
    if (linkat(whole->folder, whole->temporary, whole->folder, whole->name, 0) == 0 || errno == EEXIST)
        return unlinkat(whole->folder, whole->temporary, 0);
    if (errno != EPERM && errno != EOPNOTSUPP && errno != EMLINK)
        return -1;
    /* A file system without hard links. */
    if (renameat2(whole->folder, whole->temporary, whole->folder, whole->name, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno == EEXIST)
        return unlinkat(whole->folder, whole->temporary, 0);
    return errno == EINVAL ? renameat(whole->folder, whole->temporary, whole->folder, whole->name) : -1;
}

static int end_file(struct whole_file *whole, bool first, struct fault *fault)
{
    FILE *file = whole->file;
    int failed = fflush(file) || ferror(file) || fsync(fileno(file));
    int saved = errno;

    failpoint("publish", FAILPOINT_NO_ITEM);
    whole->file = NULL;
    if (fclose(file) && !failed) {
        failed = 1;
        saved = errno;
    }
    if (!failed && give_name(whole, first)) {
        failed = 1;
        saved = errno;
    }
    if (failed) {
        unlinkat(whole->folder, whole->temporary, 0);
        fault_sys(fault, "writing %s: %s: free space there or give another output folder", whole->final,
                  strerror(saved));
    }
    whole_file_abandon(whole);
    return failed ? -1 : 0;
}

int whole_file_end(struct whole_file *whole, struct fault *fault)
{
    return end_file(whole, false, fault);
}

int whole_file_end_first(struct whole_file *whole, struct fault *fault)
{
    return end_file(whole, true, fault);
}

void whole_file_abandon(struct whole_file *whole)
{
    int saved = errno;

    if (whole->file) {
        fclose(whole->file);
        unlinkat(whole->folder, whole->temporary, 0);
    }
    whole->file = NULL;
    if (whole->name && whole->folder >= 0) /* or it was never begun */
        close(whole->folder);
    whole->folder = -1;
    errno = saved;
}

int whole_file_check(const char *folder, const char *name, struct fault *fault)
{
    char path[4096];
    struct stat status;

    snprintf(path, sizeof path, "%s/%s", folder, name);
    return lstat(path, &status) == 0 && S_ISDIR(status.st_mode)
               ? fault_set(fault,
                           "writing %s: it is a folder, and has to be a file: remove it or give another "
                           "output folder",
                           path)
               : 0;
}

int whole_file_remove(const char *folder, const char *name, struct fault *fault)
{
    char path[4096];

    if (whole_file_check(folder, name, fault))
        return -1;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return unlink(path) == 0 || errno == ENOENT
               ? 0
               : fault_set(fault, "removing the old %s: %s", path, strerror(errno));
}

/* --- texts ------------------------------------------------------------------------------------ */

void whole_file_put_field(FILE *file, const char *text, char after)
{
    size_t length;

    for (const char *c = text; *c; c += length) {
        bool control;
        length = one_line_character(c, &control);
        if (*c == '\t')
            fputs("\\t", file);
        else if (*c == '\n')
            fputs("\\n", file);
        else if (*c == '\r')
            fputs("\\r", file);
        else if (*c == '\\')
            fputs("\\\\", file);
        else if (control)
            for (size_t i = 0; i < length; i++)
                fprintf(file, "\\x%02x", (unsigned char)c[i]);
        else
            fwrite(c, 1, length, file);
    }
    fputc(after, file);
}

void whole_file_put_json(FILE *file, const char *text)
{
    char *valid = g_utf8_validate(text, -1, NULL) ? NULL : g_utf8_make_valid(text, -1);

    fputc('"', file);
    for (const char *c = valid ? valid : text; *c; c++) {
        if (*c == '"' || *c == '\\')
            fprintf(file, "\\%c", *c);
        else if ((unsigned char)*c < 0x20 || *c == 0x7f)
            fprintf(file, "\\u%04x", (unsigned)*c);
        else
            fputc(*c, file);
    }
    fputc('"', file);
    g_free(valid);
}
