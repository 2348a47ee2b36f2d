/* A recipe from anywhere: recipe_load(). */
#include <stdlib.h>

#include "pipeline/images/recipe/recipe.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct recipe recipe;
    struct fault fault = {0};

    if (recipe_load(fuzz_file("a.recipe", data, size), &recipe, &fault)) {
        if (!fault.text[0])
            abort(); /* refused without a reason */
        return 0;
    }
    for (int i = 0; i < recipe_pictures(&recipe); i++)
        if (recipe.renditions[i].width < 1 || recipe.renditions[i].height < 1 ||
            !recipe.renditions[i].name[0])
            abort();
    recipe_release(&recipe);
    return 0;
}
