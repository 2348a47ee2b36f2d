/* jxl_fixture.h: samples without a pattern, and the reader's picture of a file in memory. */
#ifndef KNEE_JXL_FIXTURE_H
#define KNEE_JXL_FIXTURE_H

#include <vips/vips.h>

#include "pipeline/images/codecs/jxl_vips.h"
#include "pipeline/images/jxl/jxl_reader.h"

struct made {
    void *data;
    size_t bytes;
};

static inline uint16_t sample(int index)
{
    return (uint16_t)((uint32_t)index * 40503u % 65536u);
}

/* The reader's image of a made file; the caller closes and frees. */
static inline VipsImage *read_made(const struct made *made, struct jxl_reader *reader)
{
    struct fault fault = {0};
    VipsImage *image, *whole;

    if (jxl_reader_open(reader, made->data, made->bytes, &fault))
        fail_msg("%s", fault.text);
    image = jxl_vips_image(reader, &fault);
    if (!image)
        fail_msg("%s", fault.text);
    vips_concurrency_set(1); /* rows are read in their order, as in knee */
    whole = vips_image_copy_memory(image);
    assert_non_null(whole);
    g_object_unref(image);
    return whole;
}

#endif
