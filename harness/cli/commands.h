/* commands.h: the commands of the program, each defined in its cmd_<name>.c. */
#ifndef KNEE_COMMANDS_H
#define KNEE_COMMANDS_H

#include "harness/console/options.h"

extern const struct command cmd_doctor;
extern const struct command cmd_run;
extern const struct command cmd_verify;
extern const struct command cmd_recipe;
extern const struct command cmd_model;
extern const struct command cmd_sweep;
extern const struct command cmd_fit;
extern const struct command cmd_account;
extern const struct command cmd_predict;
extern const struct command cmd_report;
extern const struct command cmd_gate;
extern const struct command cmd_export;
extern const struct command cmd_self_test;

#endif
