#include "pipeline/images/codecs/vips_fault.h"

#include <vips/vips.h>

int vips_fault(struct fault *fault)
{
    const char *text = vips_error_buffer();
    char *line = g_strdup(text && *text ? text : "libvips gives no reason");

    vips_error_clear();
    g_strdelimit(g_strstrip(line), "\n", ';');
    fault_set(fault, "%s", line);
    g_free(line);
    return -1;
}
