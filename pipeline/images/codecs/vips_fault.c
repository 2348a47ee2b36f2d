#include "pipeline/images/codecs/vips_fault.h"

#include <vips/vips.h>

static GMutex warned_lock; /* decoders warn from their own threads */
static char warned[160];

void vips_fault_warned(const char *text)
{
    g_mutex_lock(&warned_lock);
    g_strlcpy(warned, text, sizeof warned);
    g_mutex_unlock(&warned_lock);
}

int vips_fault(struct fault *fault)
{
    const char *text = vips_error_buffer();
    char *line;

    g_mutex_lock(&warned_lock);
    line = g_strdup(text && *text ? text : *warned ? warned : "libvips gives no reason");
    warned[0] = '\0';
    g_mutex_unlock(&warned_lock);
    vips_error_clear();
    g_strdelimit(g_strstrip(line), "\n", ';');
    fault_set(fault, "%s", line);
    g_free(line);
    return -1;
}
