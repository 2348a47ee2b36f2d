#include "pipeline/images/codecs/png_filter.h"

#include <string.h>

#include "pipeline/images/pixels/vector.h"

enum filter { FILTER_NONE, FILTER_SUB, FILTER_UP, FILTER_AVERAGE, FILTER_PAETH };

/* --- one sample -------------------------------------------------------------------------------- */

/* The neighbour that is nearest to left + above - corner: the middle one of the three where that lies outside. */
static inline unsigned paeth(int left, int above, int corner)
{
    int low = left < above ? left : above, high = left < above ? above : left;
    int bound = 3 * corner - (left + above);

    return (unsigned)(bound <= low ? high : bound >= high ? low : corner);
}

static inline unsigned predicted(enum filter filter, unsigned left, unsigned above, unsigned corner)
{
    switch (filter) {
    case FILTER_SUB:
        return left;
    case FILTER_UP:
        return above;
    case FILTER_AVERAGE:
        return (left + above) / 2;
    case FILTER_PAETH:
        return paeth((int)left, (int)above, (int)corner);
    default:
        return 0;
    }
}

/* From sample `first` on. */
static void undo_samples(enum filter filter, const uint8_t *restrict row, const uint8_t *restrict above,
                         size_t first, size_t bytes, size_t pixel, uint8_t *restrict to)
{
    for (size_t i = first; i < bytes; i++) {
        unsigned left = i >= pixel ? to[i - pixel] : 0, corner = i >= pixel ? above[i - pixel] : 0;
        to[i] = (uint8_t)(row[i] + predicted(filter, left, above[i], corner));
    }
}

/* --- a pixel at once --------------------------------------------------------------------------- */

/* Samples of a pixel; those behind it are computed too, and overwritten by the next pixel. */
typedef uint8_t bytes8 __attribute__((vector_size(8)));
typedef int16_t words8 __attribute__((vector_size(16)));

static inline words8 load(const uint8_t *at)
{
    bytes8 bytes;

    memcpy(&bytes, at, sizeof bytes);
    return __builtin_convertvector(bytes, words8);
}

static inline void store(uint8_t *at, words8 words)
{
    bytes8 bytes = __builtin_convertvector(words, bytes8);

    memcpy(at, &bytes, sizeof bytes);
}

static inline words8 choose(words8 mask, words8 yes, words8 no)
{
    return (mask & yes) | (~mask & no);
}

static inline words8 paeth_words(words8 left, words8 above, words8 corner)
{
    words8 less = left < above, low = choose(less, left, above), high = choose(less, above, left);
    words8 bound = 3 * corner - above - left;

    return choose(bound <= low, high, choose(bound >= high, low, corner));
}

/* The loop of one filter, with its kind and the size of a pixel known to the compiler. */
static inline __attribute__((always_inline)) void undo_pixels(enum filter filter, const uint8_t *restrict row,
                                                              const uint8_t *restrict above, size_t bytes,
                                                              size_t pixel, uint8_t *restrict to)
{
    words8 left = {0}, corner = {0};
    size_t i = 0;

    for (; i + sizeof(bytes8) <= bytes; i += pixel) {
        words8 up = load(above + i), raw = load(row + i);
        words8 guess = filter == FILTER_SUB       ? left
                       : filter == FILTER_AVERAGE ? (left + up) >> 1
                                                  : paeth_words(left, up, corner);
        left = (raw + guess) & 255;
        corner = up;
        store(to + i, left);
    }
    undo_samples(filter, row, above, i, bytes, pixel, to);
}

#define UNDO(NAME, FILTER, PIXEL)                                                                            \
    VECTOR_LOOP                                                                                              \
    static void NAME(const uint8_t *restrict row, const uint8_t *restrict above, size_t bytes,               \
                     uint8_t *restrict to)                                                                   \
    {                                                                                                        \
        undo_pixels(FILTER, row, above, bytes, PIXEL, to);                                                   \
    }
UNDO(sub_3, FILTER_SUB, 3)
UNDO(sub_4, FILTER_SUB, 4)
UNDO(sub_6, FILTER_SUB, 6)
UNDO(sub_8, FILTER_SUB, 8)
UNDO(average_3, FILTER_AVERAGE, 3)
UNDO(average_4, FILTER_AVERAGE, 4)
UNDO(average_6, FILTER_AVERAGE, 6)
UNDO(average_8, FILTER_AVERAGE, 8)
UNDO(paeth_3, FILTER_PAETH, 3)
UNDO(paeth_4, FILTER_PAETH, 4)
UNDO(paeth_6, FILTER_PAETH, 6)
UNDO(paeth_8, FILTER_PAETH, 8)

VECTOR_LOOP
static void up(const uint8_t *restrict row, const uint8_t *restrict above, size_t bytes, uint8_t *restrict to)
{
    for (size_t i = 0; i < bytes; i++)
        to[i] = (uint8_t)(row[i] + above[i]);
}

/* --- any row ----------------------------------------------------------------------------------- */

typedef void undo_function(const uint8_t *restrict row, const uint8_t *restrict above, size_t bytes,
                           uint8_t *restrict to);

static undo_function *function_for(enum filter filter, int pixel_bytes)
{
    static undo_function *const of_3[] = {
        [FILTER_SUB] = sub_3, [FILTER_AVERAGE] = average_3, [FILTER_PAETH] = paeth_3};
    static undo_function *const of_4[] = {
        [FILTER_SUB] = sub_4, [FILTER_AVERAGE] = average_4, [FILTER_PAETH] = paeth_4};
    static undo_function *const of_6[] = {
        [FILTER_SUB] = sub_6, [FILTER_AVERAGE] = average_6, [FILTER_PAETH] = paeth_6};
    static undo_function *const of_8[] = {
        [FILTER_SUB] = sub_8, [FILTER_AVERAGE] = average_8, [FILTER_PAETH] = paeth_8};

    if (filter == FILTER_UP)
        return up;
    switch (pixel_bytes) {
    case 3:
        return of_3[filter];
    case 4:
        return of_4[filter];
    case 6:
        return of_6[filter];
    case 8:
        return of_8[filter];
    default:
        return NULL;
    }
}

int png_filter_undo(int filter, const uint8_t *row, const uint8_t *above, size_t bytes, int pixel_bytes,
                    uint8_t *to)
{
    undo_function *function;

    if (filter < FILTER_NONE || filter > FILTER_PAETH)
        return -1;
    if (filter == FILTER_NONE) {
        memcpy(to, row, bytes);
        return 0;
    }
    function = function_for((enum filter)filter, pixel_bytes);
    if (function)
        function(row, above, bytes, to);
    else
        undo_samples((enum filter)filter, row, above, 0, bytes, (size_t)pixel_bytes, to);
    return 0;
}
