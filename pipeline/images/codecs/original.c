#include "pipeline/images/codecs/original.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pipeline/images/jxl/jxl_jpeg.h"
#include "pipeline/images/recipe/recipe.h"

/* Of a clip only the beginning was read. */
static int read_whole(struct image_input *input, struct fault *fault)
{
    size_t whole = (size_t)input->file_bytes, done = 0;
    char *data = malloc(whole);

    if (!data)
        return fault_sys(fault, "no memory for %zu bytes", whole);
    while (done < whole) {
        ssize_t got = pread(input->fd, data + done, whole - done, (off_t)done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            const char *why = got ? strerror(errno) : "the file became shorter while it was read";
            free(data);
            return fault_set(fault, "%s", why);
        }
        done += (size_t)got;
    }
    image_input_forget(input);
    input->data = data;
    input->bytes = whole;
    return image_input_check(input, fault);
}

static int keep(struct image_input *input, void *data[], size_t bytes[], struct fault *fault)
{
    if (input->bytes < input->file_bytes && read_whole(input, fault))
        return -1;
    data[ORIGINAL_KEPT] = input->data;
    bytes[ORIGINAL_KEPT] = input->bytes;
    input->data = NULL;
    return 0;
}

int original_make(struct image_input *input, void *data[], size_t bytes[], struct notes *notes,
                  struct fault *fault)
{
    if (input->kind != KIND_JPEG) {
        notes_add(notes, NOTE_KEPT_NO_JPEG);
        return keep(input, data, bytes, fault);
    }
    switch (jxl_jpeg_encode(input->data, input->bytes, &data[ORIGINAL_JXL], &bytes[ORIGINAL_JXL], fault)) {
    case JXL_JPEG_SAME:
        return 0;
    case JXL_JPEG_REFUSED:
        notes_add(notes, NOTE_KEPT_REFUSED);
        break;
    case JXL_JPEG_DIFFERENT:
        notes_add(notes, NOTE_KEPT_DIFFERENT);
        break;
    case JXL_JPEG_UNAVAILABLE:
        return -1;
    }
    return keep(input, data, bytes, fault);
}
