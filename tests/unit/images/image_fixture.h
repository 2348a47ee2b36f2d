/* image_fixture.h: a private folder for the tests of the image part, and small files in it. */
#ifndef KNEE_IMAGE_FIXTURE_H
#define KNEE_IMAGE_FIXTURE_H

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <glib.h>

static char fixture_folder[] = "/tmp/knee-image.XXXXXX";

static int fixture_make(void **state)
{
    (void)state;
    return mkdtemp(fixture_folder) ? 0 : -1;
}

static int fixture_remove_one(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)type;
    (void)walk;
    return remove(path);
}

static int fixture_remove(void **state)
{
    (void)state;
    return nftw(fixture_folder, fixture_remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* FOLDER/NAME; the text is good until the next eight calls. */
static inline const char *fixture_path(const char *name)
{
    static char paths[8][512];
    static unsigned next;
    char *path = paths[next++ % 8];

    snprintf(path, sizeof paths[0], "%s/%s", fixture_folder, name);
    return path;
}

static inline void fixture_write(const char *name, const void *data, size_t bytes)
{
    assert_true(g_file_set_contents(fixture_path(name), data, (gssize)bytes, NULL));
}

static inline int fixture_exists(const char *name)
{
    struct stat status;

    return stat(fixture_path(name), &status) == 0;
}

#endif
