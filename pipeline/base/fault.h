/* fault.h: the reason why something failed, carried to the place where the decision is taken.
 *
 * A function that can fail for a reason worth telling takes a struct fault as its last argument, returns -1
 * and fills it. It does not print. The caller prints it once (harness/console/message.h), stores it (FAILED.tsv), or
 * drops it. The text is one line: what was tried, on what, why it failed, what to do. It always holds a name.
 */
#ifndef KNEE_FAULT_H
#define KNEE_FAULT_H

struct fault {
    char text[512]; /* NUL-terminated, without newline; cut when longer */
};

/* Formats the text (control characters become '?') and returns -1, so that a caller can write
 * `return fault_set(...)`. fault may be NULL. */
int fault_set(struct fault *fault, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
