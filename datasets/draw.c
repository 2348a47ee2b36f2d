/* draw.c: rectangles and one soft shape. */
#include "datasets/draw.h"

#include <math.h>
#include <string.h>

#include "analysis/statistics/random.h"

struct colour {
    uint8_t sample[3];
};

static void fill(struct raster *raster, double left, double top, double width, double height,
                 struct colour colour)
{
    uint32_t x0 = (uint32_t)fmin(left, raster->width);
    uint32_t x1 = (uint32_t)fmin(left + width, raster->width);
    uint32_t y0 = (uint32_t)fmin(top, raster->height);
    uint32_t y1 = (uint32_t)fmin(top + height, raster->height);
    for (int p = 0; p < 3; p++)
        for (uint32_t y = y0; y < y1; y++)
            memset(raster->plane[p] + (size_t)y * raster->width + x0, colour.sample[p], x1 - x0);
}

void draw_screen(struct raster *raster, uint64_t seed)
{
    static const struct {
        struct colour bar, column, line, mark;
    } themes[] = {{{{222, 224, 228}}, {{246, 246, 248}}, {{150, 152, 160}}, {{38, 110, 214}}},
                  {{{30, 32, 38}}, {{44, 46, 54}}, {{132, 136, 148}}, {{232, 144, 40}}},
                  {{{24, 92, 84}}, {{240, 244, 240}}, {{120, 140, 134}}, {{196, 52, 64}}}};
    struct random_stream stream = {seed ^ 0x73637265};
    size_t theme = (size_t)random_below(&stream, sizeof themes / sizeof *themes);
    double width = raster->width;
    double unit = raster->height / 72.0;
    double column = width * random_between(&stream, 0.16, 0.28);
    fill(raster, 0, 0, width, 4 * unit, themes[theme].bar);
    fill(raster, 0, 4 * unit, column, raster->height, themes[theme].column);
    for (int button = 0; button < 3; button++)
        fill(raster, width - (3 + 3 * button) * unit, unit, 2 * unit, 2 * unit, themes[theme].line);
    for (int n = 0; n < 30; n++) {
        double y = (6 + 2.2 * n) * unit;
        bool mark = random_unit(&stream) < 0.12;
        fill(raster, 1.5 * unit, y, (column - 3 * unit) * random_between(&stream, 0.35, 1), 0.9 * unit,
             mark ? themes[theme].mark : themes[theme].line);
    }
}

int draw_cut_out(struct raster *raster, uint64_t seed, struct fault *fault)
{
    struct raster cut;
    if (raster_init(&cut, raster->width, raster->height, 4, fault) != 0)
        return -1;
    struct random_stream stream = {seed ^ 0x637574};
    double half_width = raster->width / 2.0;
    double half_height = raster->height / 2.0;
    double reach = random_between(&stream, 0.86, 0.97);
    double edge = 3 / fmin(half_width, half_height); /* about three pixels soft */
    for (uint32_t y = 0; y < raster->height; y++) {
        double v = (y + 0.5 - half_height) / half_height;
        for (uint32_t x = 0; x < raster->width; x++) {
            double u = (x + 0.5 - half_width) / half_width;
            size_t i = (size_t)y * raster->width + x;
            double inside = (reach - sqrt(sqrt(u * u * u * u + v * v * v * v))) / edge;
            cut.plane[3][i] = (uint8_t)(255 * fmin(fmax(inside, 0), 1) + 0.5);
            for (int p = 0; p < 3; p++)
                cut.plane[p][i] = cut.plane[3][i] == 0 ? 0 : raster->plane[p][i];
        }
    }
    raster_release(raster);
    *raster = cut;
    return 0;
}
