/* The calls of the stand-in for devices, models and memory: each checks what it was given, and when. See stand-in.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"

int initialised;
__thread int current_device;

EXPORT const char *mluParityStandIn(void) {
  return "a stand-in for libcnrt that computes on the CPU: none of the vendor's, and no card";
}

int is_mlu220(void) {
  const char *card = getenv("MLU_STAND_IN_CARD");
  return card && strcmp(card, "MLU220") == 0;
}

int device_count(void) { return number_from("MLU_STAND_IN_DEVICES", 1); }

EXPORT int cnrtInit(unsigned flags) {
  int fault = begin(__func__, NULL);
  if (fault) return end(__func__, fault);
  REQUIRE(flags == 0, ERR_INVALID, "flags are not 0");
  REQUIRE(!initialised, ERR_INVALID, "twice");
  initialised = 1;
  DONE();
}

EXPORT void cnrtDestroy(void) {
  static const char *names[KINDS] = {"model", "function", "context", "queue", "notifier"};
  char line[64];
  begin(__func__, NULL);
  if (!initialised) {
    misuse(__func__, ERR_INIT, "before cnrtInit");
    return;
  }
  for (int kind = 0; kind < KINDS; kind++) {
    snprintf(line, sizeof line, "%s %d", names[kind], live_handles(kind, NULL));
    if (live_handles(kind, NULL)) note("leak", line);
  }
  snprintf(line, sizeof line, "memory %d", live_allocations());
  if (live_allocations()) note("leak", line);
  initialised = 0;
  end(__func__, OK);
}

EXPORT int cnrtGetDeviceCount(unsigned *count) {
  BEGIN();
  *count = device_count();
  DONE();
}

EXPORT int cnrtGetDeviceHandle(uint64_t *device, int ordinal) {
  BEGIN();
  if (ordinal < 0 || ordinal >= device_count()) return end(__func__, ERR_NODEV);
  *device = 0x5eed0000 + ordinal;
  DONE();
}

EXPORT int cnrtSetCurrentDevice(uint64_t device) {
  BEGIN();
  REQUIRE(device >= 0x5eed0000 && device < 0x5eed0000u + device_count(), ERR_INVALID, "no handle of a device");
  current_device = device - 0x5eed0000;
  DONE();
}

#ifndef WITHOUT_CONTEXT_CALLS
EXPORT void cnrtGetLibVersion(int *major, int *minor, int *patch) {
  *major = 4;
  *minor = 3;
  *patch = 0;
}

EXPORT int cnrtGetDeviceInfo(char *info, int ordinal) {
  BEGIN();
  if (ordinal < 0 || ordinal >= device_count()) return end(__func__, ERR_NODEV);
  int numbers[2] = {is_mlu220() ? 6 : 5, is_mlu220() ? 4 : 16};
  memset(info, 0, 64);
  strcpy(info, is_mlu220() ? "MLU220 (stand-in)" : "MLU270 (stand-in)");
  memcpy(info + 64, numbers, sizeof numbers);
  DONE();
}
#endif

EXPORT int cnrtLoadModel(void **model, const char *path) {
  BEGIN();
  struct model read;
  int code = read_model(path, &read);
  if (code) return end(__func__, code);
  struct handle *made = make_handle(MODEL);
  made->model = malloc(sizeof read);
  *made->model = read;
  code = start_program(made->model);
  if (code) {
    made->alive = 0;
    return end(__func__, code);
  }
  *model = made;
  DONE();
}

EXPORT int cnrtUnloadModel(void *model) {
  BEGIN();
  struct handle *handle = alive(model, MODEL);
  REQUIRE(handle, ERR_INVALID, "no model, or unloaded before");
  int used = live_handles(FUNCTION, handle->model) + live_handles(CONTEXT, handle->model);
  REQUIRE(!used, ERR_INVALID, "while its functions or contexts live");
  end_program(handle->model);
  handle->alive = 0;
  DONE();
}

EXPORT int cnrtQueryModelParallelism(void *model, int *parallelism) {
  BEGIN();
  struct handle *handle = alive(model, MODEL);
  REQUIRE(handle, ERR_INVALID, "no model");
  *parallelism = handle->model->parallelism;
  DONE();
}

EXPORT int cnrtCreateFunction(void **function) {
  BEGIN();
  *function = make_handle(FUNCTION);
  DONE();
}

EXPORT int cnrtExtractFunction(void **function, void *model, const char *symbol) {
  BEGIN();
  struct handle *handle = alive(*function, FUNCTION), *from = alive(model, MODEL);
  REQUIRE(handle && from, ERR_INVALID, "no function that was created, or no model");
  if (strcmp(symbol, "subnet0") != 0) return end(__func__, ERR_NO_EXIST);
  handle->model = from->model;
  DONE();
}

EXPORT int cnrtDestroyFunction(void *function) {
  BEGIN();
  struct handle *handle = alive(function, FUNCTION);
  REQUIRE(handle, ERR_INVALID, "no function, or destroyed before");
  REQUIRE(!handle->model || !live_handles(CONTEXT, handle->model), ERR_INVALID, "while its contexts live");
  handle->alive = 0;
  DONE();
}

static int tensor_sizes(const char *call, int64_t **sizes, int *count, void *function, int outputs) {
  struct handle *handle = alive(function, FUNCTION);
  if (!handle || !handle->model) return misuse(call, ERR_INVALID, "no function that was extracted");
  static __thread int64_t bytes[MOST_TENSORS];
  *count = outputs ? handle->model->output_count : handle->model->input_count;
  for (int i = 0; i < *count; i++) bytes[i] = (outputs ? handle->model->outputs : handle->model->inputs)[i].bytes;
  *sizes = bytes;
  return end(call, OK);
}

static int tensor_types(const char *call, int **types, int *count, void *function, int outputs) {
  struct handle *handle = alive(function, FUNCTION);
  if (!handle || !handle->model) return misuse(call, ERR_INVALID, "no function that was extracted");
  static __thread int codes[MOST_TENSORS];
  *count = outputs ? handle->model->output_count : handle->model->input_count;
  for (int i = 0; i < *count; i++) codes[i] = (outputs ? handle->model->outputs : handle->model->inputs)[i].type;
  *types = codes;
  return end(call, OK);
}

static int tensor_shape(const char *call, int **dims, int *count, int index, void *function, int outputs) {
  struct handle *handle = alive(function, FUNCTION);
  if (!handle || !handle->model) return misuse(call, ERR_INVALID, "no function that was extracted");
  if (index < 0 || index >= (outputs ? handle->model->output_count : handle->model->input_count))
    return misuse(call, ERR_INVALID, "no such tensor");
  struct tensor *tensor = (outputs ? handle->model->outputs : handle->model->inputs) + index;
  /* As cnrt.h of 4.7 says: the caller frees it. */
  *dims = malloc(sizeof tensor->dims);
  memcpy(*dims, tensor->dims, sizeof tensor->dims);
  *count = tensor->dim_count;
  return end(call, OK);
}

#define TENSOR_CALLS(KIND, outputs)                                                      \
  EXPORT int cnrtGet##KIND##DataSize(int64_t **sizes, int *count, void *function) {      \
    BEGIN();                                                                             \
    return tensor_sizes(__func__, sizes, count, function, outputs);                      \
  }                                                                                      \
  EXPORT int cnrtGet##KIND##DataType(int **types, int *count, void *function) {          \
    BEGIN();                                                                             \
    return tensor_types(__func__, types, count, function, outputs);                      \
  }                                                                                      \
  EXPORT int cnrtGet##KIND##DataShape(int **dims, int *count, int index, void *function) { \
    BEGIN();                                                                             \
    return tensor_shape(__func__, dims, count, index, function, outputs);                \
  }
TENSOR_CALLS(Input, 0)
TENSOR_CALLS(Output, 1)

EXPORT int cnrtMalloc(void **address, size_t bytes) {
  BEGIN();
  REQUIRE(bytes > 0, ERR_INVALID, "no bytes");
  return end(__func__, device_malloc(address, bytes));
}

EXPORT int cnrtFree(void *address) {
  BEGIN();
  void *memory = behind(address, 1);
  REQUIRE(!memory || !is_pending(memory), ERR_INVALID, "while a queue works with it");
  REQUIRE(device_free(address) == OK, ERR_INVALID, "no device memory, or freed before");
  DONE();
}

EXPORT int cnrtMemcpy(void *to, void *from, size_t bytes, int direction) {
  BEGIN();
  int into = is_device_address(to), out_of = is_device_address(from);
  REQUIRE(direction == HOST2DEV || direction == DEV2HOST || direction == DEV2DEV, ERR_INVALID, "unknown direction");
  REQUIRE(into == (direction != DEV2HOST) && out_of == (direction != HOST2DEV), ERR_INVALID, "wrong direction");
  void *target = into ? behind(to, bytes) : to, *source = out_of ? behind(from, bytes) : from;
  REQUIRE(target && source, ERR_MEMCPY, "more than was allocated");
  REQUIRE(!is_pending(target) && !is_pending(source), ERR_NOT_READY, "before cnrtSyncQueue");
  memcpy(target, source, bytes);
  DONE();
}
