#include "harness/machine/doctor/doctor_facts.h"

#include <stdio.h>

#include "pipeline/images/byte_libraries.h"
#include "pipeline/images/codecs/capabilities.h"
#include "pipeline/images/engines/engine_vips.h"

static void add(struct doctor_facts *facts, const char *what, char *(*describe)(char *text, size_t bytes))
{
    struct doctor_fact *fact;

    if (facts->count == DOCTOR_FACTS_MOST)
        return;
    fact = &facts->fact[facts->count++];
    *fact = (struct doctor_fact){.what = what, .state = FACT_GOOD};
    describe(fact->value, sizeof fact->value);
}

static void add_missing(struct doctor_facts *facts)
{
    struct doctor_fact *fact;
    char missing[300];

    if (!*capabilities_missing(missing, sizeof missing) || facts->count == DOCTOR_FACTS_MOST)
        return;
    fact = &facts->fact[facts->count++];
    *fact = (struct doctor_fact){.what = "missing formats", .state = FACT_MISSING};
    snprintf(fact->value, sizeof fact->value, "%s: the library is not installed", missing);
    snprintf(fact->remedy, sizeof fact->remedy, "make deps installs all; a bundle has to be made again");
}

void doctor_add_formats(struct doctor_facts *facts)
{
    struct fault fault;

    if (engine_vips_setup(&fault)) {
        if (facts->count < DOCTOR_FACTS_MOST) {
            struct doctor_fact *fact = &facts->fact[facts->count++];
            *fact = (struct doctor_fact){.what = "reads pictures", .state = FACT_MISSING};
            snprintf(fact->value, sizeof fact->value, "libvips does not start: %.300s", fault.text);
            snprintf(fact->remedy, sizeof fact->remedy, "install Debian's libvips42: make deps");
        }
        return;
    }
    add(facts, "reads pictures", capabilities_pictures);
    add(facts, "reads clips", capabilities_clips);
    add(facts, "writes", capabilities_written);
    add(facts, "picture libraries", byte_libraries);
    add_missing(facts);
}
