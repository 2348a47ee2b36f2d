#include "harness/machine/libraries.h"

#include <glib.h>
#include <gsl/gsl_version.h>
#include <hwloc.h>
#include <jansson.h>
#include <openssl/crypto.h>
#include <papi.h>
#include <seccomp.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

void libraries_add(char *text, size_t bytes, const char *name, const char *version)
{
    size_t used = strlen(text);
    snprintf(text + used, bytes - used, "%s%s %s", used ? ", " : "", name, version);
}

void libraries_add_number(char *text, size_t bytes, const char *name, unsigned major, unsigned minor,
                          unsigned micro)
{
    char version[48];
    snprintf(version, sizeof version, "%u.%u.%u", major, minor, micro);
    libraries_add(text, bytes, name, version);
}

char *libraries_text(char *text, size_t bytes)
{
    int loaded = PAPI_get_opt(PAPI_LIB_VERSION, NULL); /* negative before PAPI is started */
    unsigned papi = (unsigned)(loaded > 0 ? loaded : PAPI_VERSION);

    text[0] = '\0';
    libraries_add_images(text, bytes);
    libraries_add_number(text, bytes, "seccomp", seccomp_version()->major, seccomp_version()->minor,
                         seccomp_version()->micro);
    libraries_add(text, bytes, "openssl", OpenSSL_version(OPENSSL_VERSION_STRING));
    libraries_add_number(text, bytes, "glib", glib_major_version, glib_minor_version, glib_micro_version);
    libraries_add(text, bytes, "gsl", gsl_version);
    libraries_add(text, bytes, "hwloc",
                  HWLOC_VERSION); /* it reports its interface at run time, not its version */
    libraries_add_number(text, bytes, "papi", PAPI_VERSION_MAJOR(papi), PAPI_VERSION_MINOR(papi),
                         PAPI_VERSION_REVISION(papi));
    libraries_add(text, bytes, "sqlite", sqlite3_libversion());
    libraries_add(text, bytes, "jansson", jansson_version_str());
    return text;
}
