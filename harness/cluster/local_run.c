#include "harness/cluster/local_run.h"

#include <stdbool.h>
#include <sys/wait.h>

#include <glib.h>

int local_run(const struct local_run *run, char **said)
{
    GPtrArray *words = g_ptr_array_new();
    const char *const ends[] = {"--", run->in, run->out, NULL};
    GSpawnFlags quiet = said ? G_SPAWN_DEFAULT : G_SPAWN_STDERR_TO_DEV_NULL;
    int status = -1;
    bool ran;

    g_ptr_array_add(words, (char *)run->knee);
    g_ptr_array_add(words, (char *)"run");
    for (char *const *word = run->run_words; word && *word; word++)
        g_ptr_array_add(words, *word);
    for (const char *const *word = run->words; *word; word++)
        g_ptr_array_add(words, (char *)*word);
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++)
        g_ptr_array_add(words, (char *)ends[i]);
    if (said)
        *said = NULL;
    ran = g_spawn_sync(NULL, (char **)words->pdata, NULL, quiet | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL,
                       NULL, said, &status, NULL);
    g_ptr_array_free(words, TRUE);
    return ran && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
