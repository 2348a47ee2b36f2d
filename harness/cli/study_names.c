#include "harness/cli/study_names.h"

#include <stdbool.h>
#include <string.h>

#include <glib.h>

#include "harness/study/study.h"
#include "harness/sweep/subjects/subjects.h"

char *study_name_of_folder(const char *in)
{
    char *whole = g_canonicalize_filename(in, NULL), *name = g_path_get_basename(whole), *study;

    study = g_build_filename("results", name, NULL);
    g_free(whole);
    g_free(name);
    return study;
}

/* Whether the folder holds no study, or one of this command. */
static bool is_free(const char *folder, const char *digest)
{
    struct fault fault = {0};
    struct study study;
    bool own = true;
    char *found;

    if (!study_exists(folder))
        return true;
    if (study_open_to_read(&study, folder, &fault))
        return true; /* opening it to continue it says what is wrong */
    found = study_get(&study, "recipe_sha256");
    own = g_strcmp0(found, digest) == 0;
    g_free(found);
    study_close(&study);
    return own;
}

char *study_name_of_command(const struct command_spec *spec)
{
    char *digest = subject_command_digest(spec), *first = study_name_of_folder(spec->words[0]),
         *study = g_strdup(first);

    for (unsigned i = 2; !is_free(study, digest); i++) {
        g_free(study);
        study = g_strdup_printf("%s-%u", first, i);
    }
    g_free(first);
    g_free(digest);
    return study;
}

char *study_name_of_replay(const char *operand)
{
    char *folder = g_str_has_suffix(operand, "/study.db") ? g_path_get_dirname(operand) : g_strdup(operand);
    char *made;

    for (size_t length = strlen(folder); length > 1 && folder[length - 1] == '/'; length--)
        folder[length - 1] = '\0';
    made = g_strconcat(folder, "-replayed", NULL);
    g_free(folder);
    return made;
}
