/* fault.h: the reason why something failed, carried to the place where the decision is taken.
 *
 * A function that can fail for a reason worth reporting takes a struct fault as its last argument, returns -1 and
 * fills it; it does not print. The caller prints it once (message_fault() in harness/console/message.h, which also
 * gives the exit code), stores it (FAILED.tsv), or drops it.
 *
 * The text is one line: what was tried, on what, why it failed, and the remedy. It always holds a name. The pipeline
 * knows no options of any command line: a remedy that is an option goes into `advice`, and the command line adds its
 * words (harness/cli/remedies.h).
 *
 * A fault begins as {0}: nothing has failed. A function that fails must fill it, so that after a failure the kind is
 * never FAULT_NONE, except where a message was printed at once.
 */
#ifndef KNEE_FAULT_H
#define KNEE_FAULT_H

enum fault_kind {
    FAULT_NONE,    /* nothing failed */
    FAULT_INPUT,   /* the material cannot be used: a batch, a recipe, a study, a program */
    FAULT_MACHINE, /* the system refused: memory, processes, a full disk */
    FAULT_USAGE,   /* the command line is wrong */
    FAULT_BUG,     /* knee itself is wrong */
    FAULT_REPORTED /* the user has had the message already: print no other */
};

/* A remedy that only the command line can name. */
enum fault_advice {
    ADVICE_NONE,            /* the text holds the remedy */
    ADVICE_START_AGAIN,     /* discard what the output folder holds */
    ADVICE_NO_ZYGOTE,       /* let every worker load for itself */
    ADVICE_NO_SANDBOX,      /* run workers unconfined */
    ADVICE_PARTIAL_SANDBOX, /* confine workers as far as this kernel can */
    ADVICE_NO_MEMORY_LIMIT, /* set no memory limit for workers */
    ADVICE_NULL_LIST,       /* the names of a list end with zero bytes */
    ADVICE_COUNT
};

struct fault {
    char text[512]; /* NUL-terminated, without newline; ends in ... when it was longer */
    enum fault_kind kind;
    enum fault_advice advice;
};

/* Each formats the text (control characters become '?'), sets the kind and returns -1, so that a caller can write
 * `return fault_set(...)`. fault may be NULL. */

/* FAULT_INPUT */
int fault_set(struct fault *fault, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* FAULT_MACHINE */
int fault_sys(struct fault *fault, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* FAULT_USAGE */
int fault_usage(struct fault *fault, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* FAULT_BUG */
int fault_bug(struct fault *fault, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* FAULT_REPORTED, without a text. Returns -1. */
int fault_reported(struct fault *fault);
/* Adds an advice to a fault that has been set. Returns -1. */
int fault_advise(struct fault *fault, enum fault_advice advice);
/* Makes a fault of any kind, already set, one of the command line. Returns -1. */
int fault_is_usage(struct fault *fault);

#endif
