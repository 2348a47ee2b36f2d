#include "pipeline/images/output/manifest.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/evp.h>

#include "pipeline/base/lines.h"
#include "pipeline/base/plain_file.h"

static const char manifest_name[] = "MANIFEST.sha256";

/* Adds a copy of the path. Returns 0, or -1 when memory is short. */
static int manifest_add(struct manifest *manifest, const char *path, const uint8_t sha256[32])
{
    struct manifest_line *line;

    if (manifest->count == manifest->capacity) {
        uint64_t capacity = manifest->capacity ? manifest->capacity * 2 : 64;
        struct manifest_line *grown = realloc(manifest->lines, capacity * sizeof *grown);
        if (!grown)
            return -1;
        manifest->lines = grown;
        manifest->capacity = capacity;
    }
    line = &manifest->lines[manifest->count];
    line->path = strdup(path);
    if (!line->path)
        return -1;
    for (size_t i = 0; i < 32; i++)
        snprintf(line->sha256 + 2 * i, 3, "%02x", sha256[i]);
    manifest->count++;
    return 0;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct manifest_line *)a)->path, ((const struct manifest_line *)b)->path);
}

/* --- writing ---------------------------------------------------------------------------------- */

/* Writes the line as sha256sum prints it; returns its length. text has room for twice the path and 80 more. */
static size_t format_line(const char *path, const uint8_t sha256[32], char *text)
{
    static const char digits[] = "0123456789abcdef";
    char *t = text;

    if (strpbrk(path, "\\\n\r"))
        *t++ = '\\';
    for (size_t i = 0; i < 32; i++) {
        *t++ = digits[sha256[i] >> 4];
        *t++ = digits[sha256[i] & 15];
    }
    *t++ = ' ';
    *t++ = ' ';
    for (const char *c = path; *c; c++) {
        if (*c == '\\' || *c == '\n' || *c == '\r') {
            *t++ = '\\';
            *t++ = *c == '\n' ? 'n' : *c == '\r' ? 'r' : '\\';
        } else {
            *t++ = *c;
        }
    }
    *t++ = '\n';
    return (size_t)(t - text);
}

static int put_text(struct manifest_writer *writer, const char *text, size_t length)
{
    return EVP_DigestUpdate(writer->digest, text, length) &&
                   fwrite(text, 1, length, writer->whole.file) == length
               ? 0
               : -1;
}

int manifest_begin(struct manifest_writer *writer, const char *folder, const char *comment,
                   struct fault *fault)
{
    *writer = (struct manifest_writer){0};
    if (whole_file_begin(&writer->whole, folder, manifest_name, fault))
        return -1;
    writer->digest = EVP_MD_CTX_new();
    if (!writer->digest || !EVP_DigestInit_ex(writer->digest, EVP_sha256(), NULL)) {
        manifest_abandon(writer);
        return fault_sys(fault, "writing %s: no memory for its digest", writer->whole.final);
    }
    if (comment && (put_text(writer, "# ", 2) || put_text(writer, comment, strlen(comment)) ||
                    put_text(writer, "\n", 1))) {
        int saved = errno;
        manifest_abandon(writer);
        return fault_sys(fault, "writing %s: %s: free space there or give another output folder",
                         writer->whole.final, strerror(saved));
    }
    return 0;
}

int manifest_put(struct manifest_writer *writer, const char *path, const uint8_t sha256[32])
{
    size_t room = 2 * strlen(path) + 80, length;
    char few[1024], *text = room <= sizeof few ? few : malloc(room);
    int failed;

    if (!text)
        return -1;
    length = format_line(path, sha256, text);
    failed = put_text(writer, text, length);
    if (text != few)
        free(text);
    return failed ? -1 : 0;
}

int manifest_end(struct manifest_writer *writer, char sha256[65], struct fault *fault)
{
    unsigned char digest[EVP_MAX_MD_SIZE];

    if (!EVP_DigestFinal_ex(writer->digest, digest, NULL)) {
        manifest_abandon(writer);
        return fault_sys(fault, "writing %s: OpenSSL cannot compute SHA-256", writer->whole.final);
    }
    for (size_t i = 0; i < 32; i++)
        snprintf(sha256 + 2 * i, 3, "%02x", digest[i]);
    EVP_MD_CTX_free(writer->digest);
    writer->digest = NULL;
    return whole_file_end(&writer->whole, fault);
}

void manifest_abandon(struct manifest_writer *writer)
{
    EVP_MD_CTX_free(writer->digest);
    writer->digest = NULL;
    whole_file_abandon(&writer->whole);
}

/* --- reading ---------------------------------------------------------------------------------- */

/* Undoes sha256sum's escaping in place. */
static int unescape(char *text)
{
    char *to = text;

    for (const char *c = text; *c; c++) {
        if (*c != '\\') {
            *to++ = *c;
            continue;
        }
        c++;
        if (*c != '\\' && *c != 'n' && *c != 'r')
            return -1;
        *to++ = (char)(*c == 'n' ? '\n' : *c == 'r' ? '\r' : '\\');
    }
    *to = '\0';
    return 0;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A comment is passed over, as by sha256sum. */
static int read_line(void *context, char *line, unsigned long number)
{
    struct manifest *manifest = context;
    bool escaped = *line == '\\';
    char *text = escaped ? line + 1 : line;
    uint8_t digest[32];

    (void)number;
    if (*line == '#')
        return 0;
    if (strnlen(text, 67) < 67 || text[64] != ' ' || (text[65] != ' ' && text[65] != '*'))
        return -1;
    for (size_t i = 0; i < 32; i++) {
        int high = hex_value(text[2 * i]), low = hex_value(text[2 * i + 1]);
        if (high < 0 || low < 0)
            return -1;
        digest[i] = (uint8_t)(high << 4 | low);
    }
    if (escaped && unescape(text + 66))
        return -1;
    return manifest_add(manifest, text + 66, digest);
}

int manifest_read(struct manifest *manifest, const char *file, struct fault *fault)
{
    char path[4096];
    struct stat status;
    const char *why;
    FILE *stream;
    int failed;

    *manifest = (struct manifest){0};
    snprintf(path, sizeof path, "%s", file);
    if (stat(file, &status) == 0 && S_ISDIR(status.st_mode))
        snprintf(path, sizeof path, "%s/%s", file, manifest_name);
    stream = plain_file_stream(path, &why);
    if (!stream)
        return fault_set(fault, "manifest %s: %s: give a manifest or a folder that 'knee run' has written",
                         path, why);
    failed = lines_each(stream, path, read_line, manifest,
                        "not a line of sha256sum: make the manifest again with 'knee run'", fault);
    if (!failed && !manifest->count && fseek(stream, 0, SEEK_END) == 0 && ftell(stream) == 0)
        failed = fault_set(fault, "manifest %s: it is empty: give one that 'knee run' has written", path);
    fclose(stream);
    if (failed)
        manifest_release(manifest);
    else if (manifest->count)
        qsort(manifest->lines, manifest->count, sizeof *manifest->lines, by_path);
    return failed;
}

void manifest_release(struct manifest *manifest)
{
    for (uint64_t i = 0; i < manifest->count; i++)
        free(manifest->lines[i].path);
    free(manifest->lines);
    *manifest = (struct manifest){0};
}
