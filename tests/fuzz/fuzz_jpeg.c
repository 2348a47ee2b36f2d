/* A JPEG from anywhere, by our own reader: header, EXIF orientation, profile, and every strip of the planes.
 */
#include <stdlib.h>

#include "pipeline/images/codecs/jpeg_reader.h"
#include "tests/fuzz/fuzz.h"

/* Larger ones are slow and find nothing that small ones do not. */
enum { MOST_PIXELS = 1 << 18 };

static void read_rows(const struct jpeg_reader_plane *plane, int count)
{
    volatile uint8_t sum = 0;

    for (int y = 0; y < count; y++)
        for (int x = 0; x < plane->width; x++)
            sum = (uint8_t)(sum + plane->rows[(size_t)y * (size_t)plane->stride + (size_t)x]);
}

static void read_planes(struct jpeg_reader *reader, int shrink, struct fault *fault)
{
    int more = jpeg_reader_start(reader, shrink, fault) ? -1 : 1;

    while (more > 0 && (more = jpeg_reader_strip(reader, fault)) > 0)
        read_rows(&reader->planes[0], reader->count);
    for (int p = 1; more == 0 && p < reader->plane_count; p++)
        read_rows(&reader->planes[p], reader->planes[p].height);
    if (more < 0 && !fault->text[0])
        abort(); /* refused without a reason */
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct jpeg_reader reader;
    struct fault fault = {0};
    int failed = jpeg_reader_open(&reader, data, size, &fault);

    if (failed && !fault.text[0])
        abort();
    if (!failed && (reader.orientation < 1 || reader.orientation > 8))
        abort();
    if (!failed && reader.plain && (long long)reader.width * reader.height <= MOST_PIXELS)
        read_planes(&reader, size % 2 ? 1 : 4, &fault);
    jpeg_reader_close(&reader);
    return 0;
}
