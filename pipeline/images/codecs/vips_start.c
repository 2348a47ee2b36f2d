#include "pipeline/images/codecs/vips_start.h"

#include <dlfcn.h>

#include <gmodule.h>
#include <vips/vips.h>

/* GLib's, because it calls the function with which a module registers its types. The module stays loaded. */
static void load_module(const char *name)
{
    Dl_info libvips;
    char *folder, *file;

    if (!dladdr((const void *)vips_init, &libvips))
        return;
    folder = g_path_get_dirname(libvips.dli_fname);
    file = g_strdup_printf("%s/vips-modules-%d.%d/%s", folder, vips_version(0), vips_version(1), name);
    g_module_open(file, G_MODULE_BIND_LAZY);
    g_free(file);
    g_free(folder);
}

int vips_start(void)
{
    int failed;

    g_setenv("VIPSHOME", "/dev/null", TRUE); /* below which no folder of modules can be */
    failed = vips_init("knee");
    g_unsetenv("VIPSHOME");
    if (!failed)
        load_module("vips-heif.so");
    return failed ? -1 : 0;
}
