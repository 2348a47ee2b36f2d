#include "pipeline/base/whole_file.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <glib.h>

#include "pipeline/base/plain_file.h"

static int write_failed(const char *path, int error, struct fault *fault)
{
    return fault_sys(
        fault,
        "%s cannot be written: %s: free space there, or give a file in a folder that can be written to", path,
        strerror(error ? error : EIO));
}

/* Everything that was written has arrived. */
static int finish(FILE *file, const char *path, struct fault *fault)
{
    errno = 0;
    return fflush(file) || ferror(file) || fsync(fileno(file)) ? write_failed(path, errno, fault) : 0;
}

int whole_file_write(const char *path, whole_file_content *content, const void *context, struct fault *fault)
{
    char *other;
    FILE *file;
    int status;

    if (!plain_file_may_be_opened(path))
        return fault_set(fault, "%s cannot be written: it is not a regular file: give another name", path);
    other = g_strdup_printf("%s.new-%d", path, (int)getpid());
    file = fopen(other, "wx");
    if (!file) {
        status = write_failed(path, errno, fault);
    } else {
        status = content(file, context, fault) ? -1 : finish(file, path, fault);
        if (fclose(file) && status == 0)
            status = write_failed(path, errno, fault);
        if (status == 0 && rename(other, path))
            status = write_failed(path, errno, fault);
        if (status)
            unlink(other);
    }
    g_free(other);
    return status;
}
