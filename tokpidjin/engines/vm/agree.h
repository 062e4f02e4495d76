// How far an output is what was expected of it.
#pragma once
#include "colors.h"

// How many cells are the same; -1 where there is no output, or one of another shape. Where nothing is expected the
// height is -1.
DEVICE int agreeing_cells(const Grid *output, const Grid *expected) {
    if (!output || output->h != expected->h || output->w != expected->w) return -1;
    int same = 0;
    FOR_LANES(k, cells_of(output)) same += output->cells[k] == expected->cells[k];
    return (int)sum_of_lanes(same);
}
