/* plan_name.c: cameras, dates and file names. */
#include "datasets/plan_internal.h"

#include <stdio.h>

static const struct plan_camera cameras[PLAN_CAMERAS] = {
    {"Canon", "Canon EOS 80D", "IMG_%N"}, {"NIKON CORPORATION", "NIKON D7500", "DSC_%N"},
    {"SONY", "ILCE-6400", "DSC0%N"},      {"Apple", "iPhone 12", "IMG_%N"},
    {"Google", "Pixel 6", "PXL_%D_%T"},   {"samsung", "SM-G991B", "%D_%T"},
    {"FUJIFILM", "X-T30", "DSCF%N"},      {"Panasonic", "DC-GX9", "P%N"},
};

const struct plan_camera *plan_camera(int index)
{
    return index >= 0 && index < PLAN_CAMERAS ? &cameras[index] : NULL;
}

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* Seconds after the start of 2022 as a date. */
static struct plan_time time_of(uint64_t seconds)
{
    static const int month_days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    struct plan_time t = {.year = 2022, .month = 1};
    int day = (int)(seconds / 86400);
    while (day >= 365 + is_leap(t.year))
        day -= 365 + is_leap(t.year++);
    for (;;) {
        int days = month_days[t.month - 1] + (t.month == 2 && is_leap(t.year));
        if (day < days)
            break;
        day -= days;
        t.month++;
    }
    t.day = day + 1;
    t.hour = (int)(seconds % 86400 / 3600);
    t.minute = (int)(seconds % 3600 / 60);
    t.second = (int)(seconds % 60);
    return t;
}

static const char *pattern_of(const struct plan_item *item)
{
    if (plan_kind_is_clip(item->kind))
        return item->kind == PLAN_MP4 ? "VID_%D_%T" : "clip-%N";
    if (item->kind == PLAN_PNG)
        return item->style == PLAN_PNG_SCREEN    ? "Screenshot_%D-%T"
               : item->style == PLAN_PNG_CUT_OUT ? "cutout-%N"
                                                 : "export-%N";
    if (item->kind == PLAN_WEBP)
        return "article-%N";
    if (item->kind == PLAN_TIFF)
        return "scan-%N";
    return item->camera < 0 ? "photo-%N" : cameras[item->camera].pattern;
}

void plan_name_item(struct plan_item *item, uint64_t index, uint64_t count, struct random_stream *stream)
{
    static const char *const endings[PLAN_KINDS] = {"jpg", "png", "webp", "tif", "mp4", "webm"};
    double step = 3 * 365 * 86400.0 / (double)count;
    item->taken = time_of((uint64_t)(step * ((double)index + 0.9 * random_unit(stream))));
    const struct plan_time *t = &item->taken;
    char stem[40];
    size_t used = 0;
    for (const char *p = pattern_of(item); *p != '\0'; p++) {
        size_t room = sizeof stem - used;
        int n;
        if (*p != '%')
            n = snprintf(stem + used, room, "%c", *p);
        else if (*++p == 'N')
            n = snprintf(stem + used, room, "%04u", (unsigned)(index + 1) % 10000000u);
        else if (*p == 'D')
            n = snprintf(stem + used, room, "%04d%02d%02d", t->year, t->month, t->day);
        else
            n = snprintf(stem + used, room, "%02d%02d%02d", t->hour, t->minute, t->second);
        used += (size_t)n < room ? (size_t)n : room - 1;
    }
    snprintf(item->path, sizeof item->path, "%04d/%02d/%s.%s", t->year, t->month, stem, endings[item->kind]);
}
