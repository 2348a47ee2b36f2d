#include "pipeline/images/engines/vips_damage.h"

#include <stdbool.h>
#include <string.h>

#include <glib.h>

#include "pipeline/images/codecs/vips_fault.h"

/* After these the TIFF library continues and delivers wrong pixels. Its other warnings are about unknown
 * or malformed tags. */
static const char *const damage_words[] = {"Line length mismatch", "Premature EOL", "IFD looping"};
/* The JPEG library's warnings about JPEG data in a TIFF, whose module the text begins with: those of jpeg_warnings.c
 * that lose no pixels, and everything else is damage. */
static const char jpeg_module[] = "JPEGLib";
static const char *const harmless_words[] = {"unknown JFIF revision", "Invalid SOS parameters",
                                             "Unknown Adobe color transform"};

static GMutex damage_lock; /* decoders warn from their own threads */
static char damage_text[160];

void vips_damage_forget(void)
{
    vips_fault_warned("");
    g_mutex_lock(&damage_lock);
    damage_text[0] = '\0';
    g_mutex_unlock(&damage_lock);
}

int vips_damage_found(struct fault *fault)
{
    int found;

    g_mutex_lock(&damage_lock);
    found = damage_text[0] ? fault_set(fault, "%s", damage_text) : 0;
    g_mutex_unlock(&damage_lock);
    return found;
}

static bool has_one_of(const char *text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strstr(text, words[i]))
            return true;
    return false;
}

static bool is_damage(const char *text)
{
    return has_one_of(text, damage_words, sizeof damage_words / sizeof damage_words[0]) ||
           (strstr(text, jpeg_module) &&
            !has_one_of(text, harmless_words, sizeof harmless_words / sizeof harmless_words[0]));
}

/* The libraries print warnings about a file. Those that mean damage become the item's fault instead. */
static void take_log(const char *domain, GLogLevelFlags level, const char *text, void *data)
{
    (void)domain;
    (void)data;
    if (!(level & G_LOG_LEVEL_WARNING))
        return;
    vips_fault_warned(text);
    if (!is_damage(text))
        return;
    g_mutex_lock(&damage_lock);
    if (!damage_text[0])
        g_strlcpy(damage_text, text, sizeof damage_text);
    g_mutex_unlock(&damage_lock);
}

void vips_damage_setup(void)
{
    g_log_set_handler("VIPS", G_LOG_LEVEL_WARNING | G_LOG_LEVEL_INFO | G_LOG_LEVEL_DEBUG, take_log, NULL);
}
