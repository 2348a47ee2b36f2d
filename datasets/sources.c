/* sources.c: list, licences, headers, identity. */
#include "datasets/sources.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>
#include <vips/vips.h>

#define LEAST_SIDE     64
#define IDENTITY_BYTES 65536

static bool is_picture(const char *name)
{
    static const char *const endings[] = {".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff"};
    const char *ending = strrchr(name, '.');
    for (size_t i = 0; ending != NULL && i < sizeof endings / sizeof *endings; i++)
        if (strcasecmp(ending, endings[i]) == 0)
            return true;
    return false;
}

static int append(struct sources *sources, const char *path, const char *licence, const char *author)
{
    if (sources->count % 64 == 0) {
        struct source *grown = realloc(sources->items, (sources->count + 64) * sizeof *grown);
        if (grown == NULL)
            return -1;
        sources->items = grown;
    }
    struct source *source = &sources->items[sources->count];
    *source = (struct source){.path = strdup(path), .licence = strdup(licence), .author = strdup(author)};
    sources->count++;
    return source->path != NULL && source->licence != NULL && source->author != NULL ? 0 : -1;
}

static void source_release(struct source *source)
{
    free(source->path);
    free(source->licence);
    free(source->author);
    *source = (struct source){0};
}

/* nftw() passes no context to its callback: it is here while nftw() runs. */
static struct sources *walked;

static int visit(const char *path, const struct stat *status, int type, struct FTW *place)
{
    (void)status;
    const char *name = path + place->base;
    if (type == FTW_D && place->level > 0 && name[0] == '.')
        return FTW_SKIP_SUBTREE;
    if (type == FTW_F && name[0] != '.' && is_picture(name) &&
        append(walked, path + strlen(walked->folder) + 1, "user's own", "") != 0)
        return FTW_STOP;
    return FTW_CONTINUE;
}

static int walk(struct sources *sources, struct fault *fault)
{
    walked = sources;
    int result = nftw(sources->folder, visit, 32, FTW_ACTIONRETVAL);
    walked = NULL;
    if (result == 0)
        return 0;
    return fault_set(fault, "photographs folder %s cannot be read: %s", sources->folder, strerror(errno));
}

/* Lines: file TAB licence TAB author; the first names the columns. */
static int read_table(struct sources *sources, FILE *table, struct fault *fault)
{
    char *line = NULL;
    size_t room = 0;
    int result = 0;
    for (int number = 1; result == 0 && getline(&line, &room, table) > 0; number++) {
        line[strcspn(line, "\n")] = '\0';
        char *rest = line;
        const char *file = strsep(&rest, "\t");
        const char *licence = strsep(&rest, "\t");
        const char *author = strsep(&rest, "\t");
        if (licence == NULL)
            result =
                fault_set(fault, "%s/SOURCES.tsv line %d: file, licence and author wanted, with tabs between",
                          sources->folder, number);
        else if (number > 1 && append(sources, file, licence, author == NULL ? "" : author) != 0)
            result = fault_set(fault, "memory for the list of photographs is short");
    }
    free(line);
    return result;
}

static int list(struct sources *sources, struct fault *fault)
{
    struct stat status;
    if (stat(sources->folder, &status) != 0)
        return fault_set(fault,
                         "photographs folder %s: %s: fetch it with datasets/fetch.sh %s, or name another",
                         sources->folder, strerror(errno), sources->folder);
    if (!S_ISDIR(status.st_mode))
        return fault_set(fault, "%s is not a folder of photographs", sources->folder);
    char name[4096];
    snprintf(name, sizeof name, "%s/SOURCES.tsv", sources->folder);
    FILE *table = fopen(name, "r");
    if (table == NULL)
        return walk(sources, fault);
    int result = read_table(sources, table, fault);
    fclose(table);
    return result;
}

/* Size as it is to be seen, from the header alone. */
static int read_header(const char *path, struct source *source)
{
    VipsImage *image = vips_image_new_from_file(path, NULL);
    if (image == NULL) {
        vips_error_clear();
        return -1;
    }
    bool swapped = vips_image_get_orientation_swap(image);
    source->width = (uint32_t)(swapped ? image->Ysize : image->Xsize);
    source->height = (uint32_t)(swapped ? image->Xsize : image->Ysize);
    g_object_unref(image);
    return source->width < LEAST_SIDE || source->height < LEAST_SIDE ? -1 : 0;
}

/* Adds path, size and beginning of a file to the identity. Returns -1 when it cannot be read. */
static int identify(const struct sources *sources, struct source *source, EVP_MD_CTX *digest)
{
    char name[4096];
    static uint8_t bytes[IDENTITY_BYTES];
    struct stat status;
    snprintf(name, sizeof name, "%s/%s", sources->folder, source->path);
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    ssize_t got = fstat(fd, &status) == 0 ? read(fd, bytes, sizeof bytes) : -1;
    close(fd);
    if (got < 0 || read_header(name, source) != 0)
        return -1;
    source->bytes = (uint64_t)status.st_size;
    EVP_DigestUpdate(digest, source->path, strlen(source->path) + 1);
    EVP_DigestUpdate(digest, &source->bytes, sizeof source->bytes);
    EVP_DigestUpdate(digest, bytes, (size_t)got);
    return 0;
}

static void inspect(struct sources *sources, EVP_MD_CTX *digest)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < sources->count; i++) {
        if (identify(sources, &sources->items[i], digest) == 0) {
            sources->items[kept++] = sources->items[i];
            continue;
        }
        source_release(&sources->items[i]);
        sources->unreadable++;
    }
    sources->count = kept;
}

/* Of a large folder, every n-th. */
static void thin(struct sources *sources)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; sources->count > SOURCES_LIMIT && i < sources->count; i++) {
        if ((uint64_t)kept * sources->count <= (uint64_t)i * SOURCES_LIMIT && kept < SOURCES_LIMIT)
            sources->items[kept++] = sources->items[i];
        else
            source_release(&sources->items[i]);
    }
    if (kept > 0)
        sources->count = kept;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct source *)a)->path, ((const struct source *)b)->path);
}

int sources_open(struct sources *sources, const char *folder, struct fault *fault)
{
    *sources = (struct sources){.folder = strdup(folder)};
    size_t length = sources->folder == NULL ? 0 : strlen(sources->folder);
    while (length > 1 && sources->folder[length - 1] == '/')
        sources->folder[--length] = '\0';
    EVP_MD_CTX *digest = EVP_MD_CTX_new();
    int result = -1;
    if (sources->folder == NULL || digest == NULL || EVP_DigestInit_ex(digest, EVP_sha256(), NULL) != 1)
        fault_set(fault, "memory for the list of photographs is short");
    else
        result = list(sources, fault);
    if (result == 0) {
        if (sources->count)
            qsort(sources->items, sources->count, sizeof *sources->items, by_path);
        thin(sources);
        inspect(sources, digest);
        uint8_t hash[EVP_MAX_MD_SIZE];
        EVP_DigestFinal_ex(digest, hash, NULL);
        for (int i = 0; i < 32; i++)
            snprintf(sources->identity + 2 * i, 3, "%02x", hash[i]);
        if (sources->count == 0)
            result = fault_set(
                fault, "%s holds no photograph (JPEG, PNG, WebP, TIFF) that can be read: name another folder",
                sources->folder);
    }
    EVP_MD_CTX_free(digest);
    if (result != 0)
        sources_release(sources);
    return result;
}

void sources_release(struct sources *sources)
{
    for (uint32_t i = 0; i < sources->count; i++)
        source_release(&sources->items[i]);
    free(sources->items);
    free(sources->folder);
    *sources = (struct sources){0};
}
