/* version.h: version and commit of this build: "0.2.0 (abc1234)", with "-dirty" behind the commit when files were
 * changed, and "unknown" for the commit outside a repository. */
#ifndef KNEE_VERSION_H
#define KNEE_VERSION_H

extern const char knee_version[];
extern const char knee_date[]; /* of that commit: "2026-11-30"; "" outside a repository */

#endif
