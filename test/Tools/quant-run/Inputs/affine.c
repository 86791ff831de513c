/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * A compiled model written by hand, with the ABI of the generated ones. From
 * x[1,3] it computes y[1,3] = SLOPE * x + x[0] / 8 through the arena. INT8
 * makes both sides quantized, with q_y = q_x.
 */
#include <stdint.h>

#ifndef SLOPE
#define SLOPE 2
#endif
#ifndef SHAPE
#define SHAPE "[1, 3]"
#endif
#ifndef TARGET
#define TARGET "x86_64-unknown-linux-gnu"
#endif
#ifndef CPU
#define CPU ""
#endif
#ifdef INT8
typedef int8_t element;
#define TYPE "\"i8\", \"scale\": 0.5, \"zero_point\": -10"
#else
typedef float element;
#define TYPE "\"f32\""
#endif

#ifndef DESCRIPTOR
#define DESCRIPTOR                                                             \
  "{\"quantc\": \"0.1.0\", \"name\": \"affine\", \"run\": \"affine_run\", "    \
  "\"arena_size\": 128, \"arena_alignment\": 64, "                             \
  "\"target\": \"" TARGET "\", \"cpu\": \"" CPU "\", "                         \
  "\"inputs\": [{\"name\": \"x\", \"shape\": " SHAPE ", \"type\": " TYPE       \
  "}], "                                                                       \
  "\"outputs\": [{\"name\": \"y\", \"shape\": [1, 3], \"type\": " TYPE "}]}"
#endif

typedef struct {
  const element *x;
} affine_inputs;
typedef struct {
  element *y;
} affine_outputs;

#ifndef NO_DESCRIPTOR
const char quantc_model_descriptor[] = DESCRIPTOR;
#endif

#ifndef NO_RUN
void affine_run(const affine_inputs *inputs, const affine_outputs *outputs,
                void *arena) {
  element *kept = arena;
  for (int i = 0; i < 3; ++i)
    kept[i] = inputs->x[i];
  for (int i = 0; i < 3; ++i)
#ifdef INT8
    outputs->y[i] = kept[i];
#else
    outputs->y[i] = SLOPE * kept[i] + kept[0] / 8;
#endif
}
#endif
