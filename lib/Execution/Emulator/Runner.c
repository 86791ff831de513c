/* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
 *
 * The program that runs a compiled model of another machine under an emulator:
 *
 *   runner MODEL.so RUN_SYMBOL ARENA_SIZE ARENA_ALIGNMENT
 *          INPUTS SIZE... OUTPUTS SIZE...
 *
 * When the model is loaded it writes RUNNER_GREETING. For each sample it then
 * reads the bytes of all inputs from standard input and writes those of all
 * outputs to standard output, until the input ends. Exit code 0, or 1 after a
 * line on standard error. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

static int fail(const char *what) {
  fprintf(stderr, "%s\n", what);
  return 1;
}

/* Memory at a multiple of `alignment`, a power of two. */
static void *allocate(size_t size, size_t alignment) {
  return aligned_alloc(alignment, (size + alignment) / alignment * alignment);
}

struct buffers {
  size_t count;
  size_t *sizes;
  void **data;
};

/* Reads a count and as many sizes from `argv`; returns the rest, or null. */
static char **read_buffers(char **argv, struct buffers *buffers) {
  if (!*argv)
    return NULL;
  buffers->count = strtoull(*argv++, NULL, 10);
  buffers->sizes = calloc(buffers->count + 1, sizeof(size_t));
  buffers->data = calloc(buffers->count + 1, sizeof(void *));
  if (!buffers->sizes || !buffers->data)
    return NULL;
  for (size_t i = 0; i < buffers->count; ++i) {
    if (!*argv)
      return NULL;
    buffers->sizes[i] = strtoull(*argv++, NULL, 10);
    buffers->data[i] = allocate(buffers->sizes[i], 64);
    if (!buffers->data[i])
      return NULL;
  }
  return argv;
}

int main(int argc, char **argv) {
  typedef void (*run_function)(void *const *, void *const *, void *);
  struct buffers inputs, outputs;
  if (argc < 7)
    return fail("the runner of quant-run takes more arguments");
  void *library = dlopen(argv[1], RTLD_NOW);
  if (!library)
    return fail(dlerror());
  run_function run = (run_function)dlsym(library, argv[2]);
  if (!run)
    return fail(dlerror());
  void *arena =
      allocate(strtoull(argv[3], NULL, 10), strtoull(argv[4], NULL, 10));
  argv = read_buffers(argv + 5, &inputs);
  if (!arena || !argv || !read_buffers(argv, &outputs))
    return fail("no memory for the tensors of the model");
  if (fputs(RUNNER_GREETING, stdout) < 0 || fflush(stdout))
    return fail("cannot write to standard output");

  for (;;) {
    for (size_t i = 0; i < inputs.count; ++i)
      if (fread(inputs.data[i], 1, inputs.sizes[i], stdin) != inputs.sizes[i])
        return 0;
    run(inputs.data, outputs.data, arena);
    for (size_t i = 0; i < outputs.count; ++i)
      if (fwrite(outputs.data[i], 1, outputs.sizes[i], stdout) !=
          outputs.sizes[i])
        return fail("cannot write the outputs");
    if (fflush(stdout))
      return fail("cannot write the outputs");
  }
}
