/* trial_starter.h: the program that starts a trial's command (starter/starter.c). It is part of this program, and is
 * run from memory, so that nothing has to be installed or found. */
#ifndef KNEE_TRIAL_STARTER_H
#define KNEE_TRIAL_STARTER_H

#include <stdbool.h>

#include "harness/trial/starter/starter_report.h"

/* A descriptor for fexecve(), the same in every call; -1 with errno. */
int trial_starter_program(void);

/* The report that a starter which has ended left in a memfd. False: it left none, because it was killed. */
bool trial_starter_report(int fd, struct starter_report *report);

#endif
