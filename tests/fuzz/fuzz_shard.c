/* The marker of a shard from anywhere: it is read to its end, or refused with a message. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pipeline/images/shards/shard_result.h"
#include "tests/fuzz/fuzz.h"

static void write_marker(const char *out, const uint8_t *data, size_t size)
{
    static const char *const folders[] = {".knee", ".knee/shards"};
    char path[4096];
    int fd;

    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", out, folders[i]);
        mkdir(path, 0777);
    }
    fd = open(shard_marker(out, 1, path, sizeof path), O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size || close(fd))
        abort();
}

static void read_marker(const char *out)
{
    static struct shard_result result;
    struct shard_reader reader;
    struct shard_output output;
    struct fault fault = {0};
    const char *row;
    char kind;
    int more;

    if (shard_reader_begin(&reader, out, 1, 64, &result, &fault) == 0) {
        while ((more = shard_reader_row(&reader, &kind, &row, &fault)) > 0)
            if ((kind != 'F' && kind != 'N') || strchr(row, '\n'))
                abort();
        while (more == 0 && (more = shard_reader_output(&reader, &output, &fault)) > 0) {
            if (output.rendition < 0 || output.rendition >= RECIPE_MAX_RENDITIONS ||
                strlen(output.path) > 1 << 20)
                abort();
            more = 0;
        }
        shard_reader_end(&reader);
        if (more == 0 && !reader.whole)
            abort();
        if (more == 0)
            return;
    }
    if (fault.kind == FAULT_NONE || !*fault.text)
        abort(); /* refused without a message */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *folder = strdup(fuzz_file("shard-folder", data, 0));

    if (!folder)
        abort();
    *strrchr(folder, '/') = '\0';
    write_marker(folder, data, size);
    read_marker(folder);
    free(folder);
    return 0;
}
