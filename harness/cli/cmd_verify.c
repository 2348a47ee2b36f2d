/* knee verify: compares two runs, the files of one with its manifest, or its outputs with items done again. */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/evp.h>

#include "harness/cli/commands.h"
#include "harness/cli/remedies.h"
#include "harness/cli/verify_recompute.h"
#include "harness/cli/verify_report.h"
#include "harness/console/options.h"
#include "pipeline/base/plain_file.h"
#include "pipeline/images/output/manifest.h"
#include "pipeline/images/recipe/shipped.h"

/* Named differences; more are only counted. */
enum { MOST_NAMED = 20 };

static struct verify_recompute_options options = {.pool = {POOL_ARGUMENTS_DEFAULTS}, .seed = VERIFY_NO_SEED};

struct tally {
    uint64_t same, different, only_a, only_b;
};

/* Both are sorted: one walk over the two. */
static void compare(const struct manifest *a, const struct manifest *b, struct tally *tally,
                    struct verify_report *report)
{
    uint64_t i = 0, j = 0;

    while (i < a->count || j < b->count) {
        int order = i == a->count ? 1 : j == b->count ? -1 : strcmp(a->lines[i].path, b->lines[j].path);
        if (order < 0) {
            tally->only_a++;
            verify_report_difference(report, "only in A", a->lines[i++].path, NULL);
        } else if (order > 0) {
            tally->only_b++;
            verify_report_difference(report, "only in B", b->lines[j++].path, NULL);
        } else {
            if (strcmp(a->lines[i].sha256, b->lines[j].sha256) == 0) {
                tally->same++;
            } else {
                tally->different++;
                verify_report_difference(report, "differs", a->lines[i].path, NULL);
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
    const char *why;
    FILE *file = plain_file_stream(path, &why);
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

static void check_files(const struct manifest *manifest, const char *folder, struct tally *tally,
                        struct verify_report *report)
{
    for (uint64_t i = 0; i < manifest->count; i++) {
        char path[4096], hex[65];
        snprintf(path, sizeof path, "%s/%s", folder, manifest->lines[i].path);
        errno = 0;
        if (sha256_of_file(path, hex)) {
            tally->only_a++;
            verify_report_difference(report, errno == ENOENT ? "missing" : "unreadable",
                                     manifest->lines[i].path, NULL);
        } else if (strcmp(hex, manifest->lines[i].sha256) != 0) {
            tally->different++;
            verify_report_difference(report, "changed", manifest->lines[i].path, NULL);
        } else {
            tally->same++;
        }
    }
}

static json_t *counted(const char *const names[4], const struct tally *tally)
{
    const uint64_t counts[4] = {tally->same, tally->different, tally->only_a, tally->only_b};
    json_t *object = json_object();

    for (size_t i = 0; i < 4; i++)
        if (names[i])
            json_object_set_new(object, names[i], json_integer((json_int_t)counts[i]));
    return object;
}

static void print_two(const struct tally *tally, bool equal)
{
    if (equal)
        printf("equal: %llu outputs, every SHA-256 the same\n", (unsigned long long)tally->same);
    else
        printf("not equal: %llu the same, %llu differ, %llu only in A, %llu only in B\n",
               (unsigned long long)tally->same, (unsigned long long)tally->different,
               (unsigned long long)tally->only_a, (unsigned long long)tally->only_b);
}

static int verify_two(const char *a_path, const char *b_path, struct fault *fault)
{
    struct manifest a, b;
    struct tally tally = {0};
    struct verify_report report = {.json = options.json, .most = MOST_NAMED};
    bool equal;

    if (manifest_read(&a, a_path, fault))
        return -1;
    if (manifest_read(&b, b_path, fault)) {
        manifest_release(&a);
        return -1;
    }
    compare(&a, &b, &tally, &report);
    equal = tally.same == a.count && a.count == b.count;
    if (!options.json)
        print_two(&tally, equal);
    verify_report_end(&report, "runs", equal,
                      counted((const char *const[]){"same", "different", "only_in_a", "only_in_b"}, &tally));
    manifest_release(&a);
    manifest_release(&b);
    return equal ? KNEE_OK : KNEE_FAILED;
}

static void print_files(const struct tally *tally, uint64_t files)
{
    if (!files)
        puts("nothing to check: the manifest names no file");
    else if (tally->same == files)
        printf("whole: %llu files are as the manifest says\n", (unsigned long long)tally->same);
    else
        printf("not whole: %llu as the manifest says, %llu changed, %llu missing or unreadable\n",
               (unsigned long long)tally->same, (unsigned long long)tally->different,
               (unsigned long long)tally->only_a);
}

static int verify_files(const char *operand, struct fault *fault)
{
    char folder[4096];
    struct manifest manifest;
    struct tally tally = {0};
    struct verify_report report = {.json = options.json, .most = MOST_NAMED};
    bool whole;

    if (manifest_read(&manifest, operand, fault))
        return -1;
    folder_of(operand, folder, sizeof folder);
    check_files(&manifest, folder, &tally, &report);
    whole = tally.same == manifest.count && manifest.count;
    if (!options.json)
        print_files(&tally, manifest.count);
    verify_report_end(
        &report, "files", whole,
        counted((const char *const[]){"same", "changed", "missing_or_unreadable", NULL}, &tally));
    manifest_release(&manifest);
    return whole ? KNEE_OK : KNEE_FAILED;
}

static const struct option_spec table[] = {
    {.name = "recompute",
     .argument = "SHARE",
     .kind = OPTION_TEXT,
     .target = &options.share,
     .help = "operands IN OUT: do a random share of items again, as 5%, 0.05 or 200 items"},
    {.name = "seed",
     .argument = "N",
     .kind = OPTION_COUNT,
     .target = &options.seed,
     .min = 0,
     .max = VERIFY_NO_SEED - 1,
     .help = "draw the items of an earlier --recompute; default: others each time"},
    {.name = "recipe",
     .letter = 'r',
     .argument = "RECIPE",
     .kind = OPTION_TEXT,
     .target = &options.recipe_path,
     .help = "the recipe of the run: a file, or a name of 'knee recipe list'; default web"},
    {.name = "list",
     .argument = "FILE",
     .kind = OPTION_TEXT,
     .target = &options.list_path,
     .help = "the list of the run"},
    {.name = "null",
     .letter = '0',
     .kind = OPTION_FLAG,
     .target = &options.null,
     .help = "with --list: names end with zero bytes"},
    {.name = "follow-links",
     .letter = 'L',
     .kind = OPTION_FLAG,
     .target = &options.follow_links,
     .help = "as in the run"},
    {.name = "json",
     .kind = OPTION_FLAG,
     .target = &options.json,
     .help = "print one JSON object instead of lines"},
    POOL_ARGUMENTS_OF_ITEMS(options.pool, "auto", "by the recipe", "auto"),
    OPTION_QUIET,
    OPTION_VERBOSE,
    {.name = NULL}};

static int check(const struct arguments *arguments, struct fault *fault)
{
    static char recipe[PATH_MAX];

    if (!options.share)
        return options.recipe_path || options.list_path || options.seed != VERIFY_NO_SEED || options.null ||
                       options.follow_links
                   ? fault_usage(fault, "these options are for doing items again: add --recompute SHARE")
                   : 0;
    if (arguments->count != 2)
        return fault_usage(fault, "--recompute %s: give the batch and the output folder: IN OUT",
                           options.share);
    if (options.null && !options.list_path)
        return fault_usage(fault, "--null: there is no --list whose names it could separate: give both");
    options.recipe_path = shipped_find(options.recipe_path, recipe, sizeof recipe, fault);
    if (!options.recipe_path || verify_share_parse(options.share, &options.parsed, fault))
        return -1;
    pool_arguments_complete(&options.pool);
    return 0;
}

static int run(const struct arguments *arguments, struct fault *fault)
{
    int code = options.share
                   ? verify_recompute(&options, arguments->operands[0], arguments->operands[1], fault)
               : arguments->count == 2 ? verify_two(arguments->operands[0], arguments->operands[1], fault)
                                       : verify_files(arguments->operands[0], fault);

    remedies_add(fault);
    return code;
}

const struct subcommand cmd_verify = {
    .name = "verify",
    .summary =
        "compare two runs by their manifests, one run's files with its manifest, or a share done again",
    .usage = "A [B] | --recompute SHARE [options] IN OUT",
    .details = "A and B are folders that 'knee run' has written, or manifests. Items that differ are named.\n"
               "With A alone, its files are read and compared with its manifest.\n"
               "With --recompute, items drawn at random are done again from IN and the recipe, each in a "
               "process of its\n"
               "own, and compared with OUT by their bytes: an item that failed has to fail again. Files in "
               "the renditions'\n"
               "folders that belong to no item are named too. Give the options of the run that say what is "
               "made of what:\n"
               "--recipe, --list, --follow-links, and its limits --item-timeout and --memory-per-worker.\n"
               "exit codes: 0 equal, 1 different or unreadable, 2 usage, 130 or 143 interrupted\n",
    .table = table,
    .least = 1,
    .most = 2,
    .check = check,
    .run = run,
};
