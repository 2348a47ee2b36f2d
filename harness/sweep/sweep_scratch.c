#include "harness/sweep/sweep_scratch.h"

#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/trial/trial_process.h"

/* Room for the names of files in the folder. */
enum { LENGTH_MOST = PATH_MAX - 96 };

void sweep_scratch_name(const struct sweep_options *options, char path[PATH_MAX])
{
    if (options->out) {
        char *whole = g_canonicalize_filename(options->study, NULL);
        snprintf(path, PATH_MAX, "%s/knee-sweep-%08x", options->out, g_str_hash(whole));
        g_free(whole);
    } else if (options->dry_run) {
        snprintf(path, PATH_MAX, "%s/knee-sweep-%ld", g_get_tmp_dir(), (long)getpid());
    } else {
        snprintf(path, PATH_MAX, "%s/scratch", options->study);
    }
}

int sweep_scratch_make(const char *path, struct fault *fault)
{
    if (strlen(path) >= LENGTH_MOST)
        return fault_set(fault, "%.100s...: the path is too long: give another with --out", path);
    trial_process_remove(path);
    if (g_mkdir_with_parents(path, 0777))
        return fault_set(fault, "%s: %s: give a folder that can be written, with --study or --out", path,
                         strerror(errno));
    return 0;
}
