/* knee verify: compares two runs, or the files of one with its manifest. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/evp.h>

#include "harness/cli/commands.h"
#include "harness/console/message.h"
#include "harness/console/options.h"
#include "pipeline/images/output/manifest.h"

/* Named differences; more are only counted. */
enum { MOST_NAMED = 20 };

struct tally {
    uint64_t same, different, only_a, only_b;
};

static void name_difference(const struct tally *tally, const char *what, const char *path)
{
    uint64_t named = tally->different + tally->only_a + tally->only_b;

    if (named <= MOST_NAMED)
        printf("%-10s %s\n", what, path);
    else if (named == MOST_NAMED + 1)
        puts("... and more");
}

/* Both are sorted: one walk over the two. */
static void compare(const struct manifest *a, const struct manifest *b, struct tally *tally)
{
    uint64_t i = 0, j = 0;

    while (i < a->count || j < b->count) {
        int order = i == a->count ? 1 : j == b->count ? -1 : strcmp(a->lines[i].path, b->lines[j].path);
        if (order < 0) {
            tally->only_a++;
            name_difference(tally, "only in A", a->lines[i++].path);
        } else if (order > 0) {
            tally->only_b++;
            name_difference(tally, "only in B", b->lines[j++].path);
        } else {
            if (strcmp(a->lines[i].sha256, b->lines[j].sha256) == 0) {
                tally->same++;
            } else {
                tally->different++;
                name_difference(tally, "differs", a->lines[i].path);
            }
            i++;
            j++;
        }
    }
}

static int sha256_of_file(const char *path, char hex[65])
{
    unsigned char digest[EVP_MAX_MD_SIZE], buffer[65536];
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    FILE *file = fopen(path, "re");
    size_t got;
    int failed = !file || !context || !EVP_DigestInit_ex(context, EVP_sha256(), NULL);

    while (!failed && (got = fread(buffer, 1, sizeof buffer, file)) > 0)
        failed = !EVP_DigestUpdate(context, buffer, got);
    failed = failed || ferror(file) || !EVP_DigestFinal_ex(context, digest, NULL);
    if (file)
        fclose(file);
    EVP_MD_CTX_free(context);
    for (size_t i = 0; i < 32 && !failed; i++)
        snprintf(hex + 2 * i, 3, "%02x", digest[i]);
    return failed ? -1 : 0;
}

/* The folder of the files in a manifest: the one given, or the one that holds the manifest given. */
static void folder_of(const char *operand, char *folder, size_t bytes)
{
    struct stat status;
    char *slash;

    snprintf(folder, bytes, "%s", operand);
    if (stat(operand, &status) == 0 && S_ISDIR(status.st_mode))
        return;
    slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder] = '\0'; /* a manifest in the root folder keeps its slash */
    else
        snprintf(folder, bytes, ".");
}

static void check_files(const struct manifest *manifest, const char *folder, struct tally *tally)
{
    for (uint64_t i = 0; i < manifest->count; i++) {
        char path[4096], hex[65];
        snprintf(path, sizeof path, "%s/%s", folder, manifest->lines[i].path);
        errno = 0;
        if (sha256_of_file(path, hex)) {
            tally->only_a++;
            name_difference(tally, errno == ENOENT ? "missing" : "unreadable", manifest->lines[i].path);
        } else if (strcmp(hex, manifest->lines[i].sha256) != 0) {
            tally->different++;
            name_difference(tally, "changed", manifest->lines[i].path);
        } else {
            tally->same++;
        }
    }
}

static int verify_two(const char *a_path, const char *b_path, struct fault *fault)
{
    struct manifest a, b;
    struct tally tally = {0};
    bool equal;

    if (manifest_read(&a, a_path, fault))
        return -1;
    if (manifest_read(&b, b_path, fault)) {
        manifest_release(&a);
        return -1;
    }
    compare(&a, &b, &tally);
    equal = tally.same == a.count && a.count == b.count;
    if (equal)
        printf("equal: %llu outputs, every SHA-256 the same\n", (unsigned long long)tally.same);
    else
        printf("not equal: %llu the same, %llu differ, %llu only in A, %llu only in B\n",
               (unsigned long long)tally.same, (unsigned long long)tally.different,
               (unsigned long long)tally.only_a, (unsigned long long)tally.only_b);
    manifest_release(&a);
    manifest_release(&b);
    return equal ? KNEE_OK : KNEE_FAILED;
}

static int verify_files(const char *operand, struct fault *fault)
{
    char folder[4096];
    struct manifest manifest;
    struct tally tally = {0};
    bool whole;

    if (manifest_read(&manifest, operand, fault))
        return -1;
    folder_of(operand, folder, sizeof folder);
    check_files(&manifest, folder, &tally);
    whole = tally.same == manifest.count && manifest.count;
    if (!manifest.count)
        puts("nothing to check: the manifest names no file");
    else if (whole)
        printf("whole: %llu files are as the manifest says\n", (unsigned long long)tally.same);
    else
        printf("not whole: %llu as the manifest says, %llu changed, %llu missing or unreadable\n",
               (unsigned long long)tally.same, (unsigned long long)tally.different,
               (unsigned long long)tally.only_a);
    manifest_release(&manifest);
    return whole ? KNEE_OK : KNEE_FAILED;
}

static int run(const struct arguments *arguments, struct fault *fault)
{
    return arguments->count == 2 ? verify_two(arguments->operands[0], arguments->operands[1], fault)
                                 : verify_files(arguments->operands[0], fault);
}

const struct subcommand cmd_verify = {
    .name = "verify",
    .summary = "compare two runs by their manifests, or one run's files with its manifest",
    .usage = "A [B]",
    .details = "A and B are folders that 'knee run' has written, or manifests. Items that differ are named.\n"
               "With A alone, its files are read and compared with its manifest.\n"
               "exit codes: 0 equal, 1 different or unreadable, 2 usage\n",
    .least = 1,
    .most = 2,
    .run = run,
};
