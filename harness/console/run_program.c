#include "harness/console/run_program.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/console/message.h"

extern char **environ;

static void say_start(char *const argv[])
{
    GString *line = g_string_new(NULL);

    for (; *argv; argv++)
        g_string_append_printf(line, " %s", *argv);
    message_detail("runs%s", line->str);
    g_string_free(line, TRUE);
}

int run_program_to(int output, char *const argv[], char *messages, size_t bytes)
{
    posix_spawn_file_actions_t actions;
    int ends[2] = {-1, -1}, error, status;
    size_t used = 0;
    pid_t pid;

    if (message_verbose)
        say_start(argv);
    if (messages && pipe2(ends, O_CLOEXEC))
        return -1;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (output >= 0)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    else if (messages)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    if (messages)
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
    error = posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (messages) {
        char rest[512];
        ssize_t got = 0;
        close(ends[1]);
        while (!error && ((got = read(ends[0], rest, sizeof rest)) > 0 || (got < 0 && errno == EINTR)))
            /* The rest is read too, so that the program never waits. */
            for (ssize_t i = 0; i < got; i++)
                if (used + 1 < bytes)
                    messages[used++] = rest[i];
        messages[used] = '\0';
        close(ends[0]);
    }
    if (error) {
        errno = error;
        return -1;
    }
    while (waitpid(pid, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int run_program(char *const argv[], char *messages, size_t bytes)
{
    return run_program_to(-1, argv, messages, bytes);
}

const char *run_program_line(char *text)
{
    char *line = text + strspn(text, " \t\r\n");
    line[strcspn(line, "\r\n")] = '\0';
    return *line ? line : "it gave no reason";
}
