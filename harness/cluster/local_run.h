/* local_run.h: `knee run` on this machine, with the options that the tasks of a submission have. */
#ifndef KNEE_LOCAL_RUN_H
#define KNEE_LOCAL_RUN_H

struct local_run {
    const char *knee;         /* the program */
    char *const *run_words;   /* options for `knee run`, NULL-terminated; NULL none */
    const char *const *words; /* more of them, which win, NULL-terminated */
    const char *in, *out;
};

/* Returns its exit code; -1 when it did not start, or was killed. said NULL, or gets what it wrote to stderr,
 * g_free(). */
int local_run(const struct local_run *run, char **said);

#endif
