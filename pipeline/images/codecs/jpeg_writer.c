#include "pipeline/images/codecs/jpeg_writer.h"

#include <stdlib.h>

#include "pipeline/images/codecs/jpeg_trap.h"
#include "pipeline/images/pixels/planes.h"

enum { UNIT_ROWS = 2 * DCTSIZE };

struct writer {
    struct jpeg_compress_struct jpeg;
    struct jpeg_trap trap;
    unsigned char *data;
    unsigned long bytes;
};

static void set_up(struct writer *writer, const struct pixels *planes,
                   const struct jpeg_writer_options *options)
{
    struct jpeg_compress_struct *jpeg = &writer->jpeg;

    jpeg->image_width = (JDIMENSION)planes->width;
    jpeg->image_height = (JDIMENSION)planes->height;
    jpeg->input_components = 3;
    jpeg->in_color_space = JCS_YCbCr;
    jpeg_set_defaults(jpeg); /* 4:2:0 is the default */
    jpeg_set_quality(jpeg, options->quality, TRUE);
    jpeg->dct_method = JDCT_ISLOW;
    jpeg->optimize_coding = options->optimise;
    jpeg->raw_data_in = TRUE;
    if (options->progressive)
        jpeg_simple_progression(jpeg);
}

/* Rows below the picture repeat its last one. */
static void point_at_rows(const struct pixels *planes, int index, int first, int count, JSAMPROW *rows)
{
    struct plane plane = planes_get(planes, index);

    for (int i = 0; i < count; i++) {
        int y = first + i < plane.height ? first + i : plane.height - 1;
        rows[i] = plane.data + (size_t)y * (size_t)plane.stride;
    }
}

static void write_rows(struct writer *writer, const struct pixels *planes)
{
    JSAMPROW luma[UNIT_ROWS], blue[DCTSIZE], red[DCTSIZE];
    JSAMPARRAY rows[3] = {luma, blue, red};

    while (writer->jpeg.next_scanline < writer->jpeg.image_height) {
        int y = (int)writer->jpeg.next_scanline;
        point_at_rows(planes, PLANE_Y, y, UNIT_ROWS, luma);
        point_at_rows(planes, PLANE_CB, y / 2, DCTSIZE, blue);
        point_at_rows(planes, PLANE_CR, y / 2, DCTSIZE, red);
        jpeg_write_raw_data(&writer->jpeg, rows, UNIT_ROWS);
    }
}

static int encode(struct writer *writer, const struct pixels *planes,
                  const struct jpeg_writer_options *options, struct fault *fault)
{
    writer->jpeg.err = jpeg_trap_init(&writer->trap, NULL, 0);
    if (setjmp(writer->trap.back))
        return fault_set(fault, "%s", writer->trap.text);
    jpeg_create_compress(&writer->jpeg);
    jpeg_mem_dest(&writer->jpeg, &writer->data, &writer->bytes);
    set_up(writer, planes, options);
    jpeg_start_compress(&writer->jpeg, TRUE);
    write_rows(writer, planes);
    jpeg_finish_compress(&writer->jpeg);
    return 0;
}

int jpeg_writer_encode(struct pixels *planes, const struct jpeg_writer_options *options, void **data,
                       size_t *bytes, struct fault *fault)
{
    struct writer writer = {.data = NULL};
    int failed;

    planes_pad(planes);
    failed = encode(&writer, planes, options, fault);
    jpeg_destroy_compress(&writer.jpeg);
    if (failed) {
        free(writer.data);
        writer.data = NULL;
        writer.bytes = 0;
    }
    *data = writer.data;
    *bytes = writer.bytes;
    return failed;
}
