#include "harness/cluster/sbatch_options.h"

#include <glib.h>
#include <string.h>

/* The shortest name that sbatch takes for --partition: "--par" may be --parsable, too. */
static const char long_name[] = "--partition", long_least[] = "--part";

char **sbatch_options_split(const char *const *options, size_t count, struct fault *fault)
{
    GPtrArray *words = g_ptr_array_new_with_free_func(g_free);
    char **some;

    for (size_t i = 0; i < count; i++) {
        if (!g_shell_parse_argv(options[i], NULL, &some, NULL)) {
            fault_usage(fault, "--sbatch=%.200s: is no option, or has a quote without its end", options[i]);
            g_ptr_array_free(words, TRUE);
            return NULL;
        }
        for (char **word = some; *word; word++)
            g_ptr_array_add(words, *word);
        g_free(some);
    }
    g_ptr_array_add(words, NULL);
    g_ptr_array_set_free_func(words, NULL);
    return (char **)g_ptr_array_free(words, FALSE);
}

/* The value in the word or in the one after it; NULL: it is another option, or the value is missing. */
static const char *value_of(const char *word, const char *next)
{
    size_t name = strcspn(word, "=");

    if (word[0] == '-' && word[1] == 'p')
        return word[2] ? word + 2 : next;
    if (name < strlen(long_least) || name > strlen(long_name) || strncmp(word, long_name, name) != 0)
        return NULL;
    return word[name] ? word + name + 1 : next;
}

const char *sbatch_options_partition(char *const *words, const char *variable)
{
    const char *partition = variable && *variable ? variable : NULL;

    for (; words && *words; words++) {
        const char *value = value_of(words[0], words[1]);
        partition = value ? value : partition;
    }
    return partition;
}
