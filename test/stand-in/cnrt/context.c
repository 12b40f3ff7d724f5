/* The calls of the stand-in for contexts, queues, notifiers and invocations. */
#include "calls.h"

EXPORT int cnrtCreateRuntimeContext(void **context, void *function, void *extra) {
  BEGIN();
  struct handle *from = alive(function, FUNCTION);
  REQUIRE(from && from->model, ERR_INVALID, "no function that was extracted");
  REQUIRE(!extra, ERR_INVALID, "extra is not NULL");
  struct handle *made = make_handle(CONTEXT);
  made->model = from->model;
  *context = made;
  DONE();
}

EXPORT int cnrtSetRuntimeContextDeviceId(void *context, int ordinal) {
  BEGIN();
  struct handle *handle = alive(context, CONTEXT);
  REQUIRE(handle, ERR_INVALID, "no context");
  REQUIRE(!handle->initialised, ERR_INVALID, "after cnrtInitRuntimeContext");
  if (ordinal < 0 || ordinal >= device_count()) return end(__func__, ERR_NODEV);
  handle->device = ordinal;
  DONE();
}

EXPORT int cnrtInitRuntimeContext(void *context, void *extra) {
  BEGIN();
  struct handle *handle = alive(context, CONTEXT);
  REQUIRE(handle && !extra, ERR_INVALID, "no context, or extra is not NULL");
  REQUIRE(!handle->initialised, ERR_INVALID, "twice");
  handle->initialised = 1;
  DONE();
}

EXPORT int cnrtDestroyRuntimeContext(void *context) {
  BEGIN();
  struct handle *handle = alive(context, CONTEXT);
  REQUIRE(handle, ERR_INVALID, "no context, or destroyed before");
  handle->alive = 0;
  DONE();
}

static struct handle *make_queue(void) {
  struct handle *made = make_handle(QUEUE);
  made->device = current_device;
  return made;
}

/* Both ways that are known of; a library has one or both, and a compiler's -D says which. */
#ifndef WITHOUT_CONTEXT_CALLS
EXPORT int cnrtForkRuntimeContext(void **made, void *context, void *extra) {
  BEGIN();
  struct handle *from = alive(context, CONTEXT);
  REQUIRE(from && from->initialised && !extra, ERR_INVALID, "no context that was initialised, or extra is not NULL");
  if (is_mlu220()) return end(__func__, ERR_UNSUPPORTED); /* as cnrt.h says */
  struct handle *forked = make_handle(CONTEXT);
  forked->model = from->model;
  forked->device = from->device;
  forked->initialised = 1;
  *made = forked;
  DONE();
}

EXPORT int cnrtRuntimeContextCreateQueue(void *context, void **queue) {
  BEGIN();
  struct handle *handle = alive(context, CONTEXT);
  REQUIRE(handle && handle->initialised, ERR_INVALID, "before cnrtInitRuntimeContext");
  REQUIRE(handle->device == current_device, ERR_INVALID, "this thread's device is another");
  *queue = make_queue();
  DONE();
}

EXPORT int cnrtRuntimeContextCreateNotifier(void *context, void **notifier) {
  BEGIN();
  struct handle *handle = alive(context, CONTEXT);
  REQUIRE(handle && handle->initialised, ERR_INVALID, "before cnrtInitRuntimeContext");
  *notifier = make_handle(NOTIFIER);
  DONE();
}
#else
EXPORT int cnrtCreateQueue(void **queue) {
  BEGIN();
  *queue = make_queue();
  DONE();
}

EXPORT int cnrtCreateNotifier(void **notifier) {
  BEGIN();
  *notifier = make_handle(NOTIFIER);
  DONE();
}
#endif

EXPORT int cnrtDestroyQueue(void *queue) {
  BEGIN();
  struct handle *handle = alive(queue, QUEUE);
  REQUIRE(handle, ERR_INVALID, "no queue, or destroyed before");
  handle->alive = 0;
  handle->first = NULL;
  DONE();
}

EXPORT int cnrtDestroyNotifier(void **notifier) {
  BEGIN();
  struct handle *handle = notifier ? alive(*notifier, NOTIFIER) : NULL;
  REQUIRE(handle, ERR_INVALID, "no notifier, or destroyed before");
  handle->alive = 0;
  DONE();
}

EXPORT int cnrtPlaceNotifier(void *notifier, void *queue) {
  BEGIN();
  struct handle *handle = alive(notifier, NOTIFIER), *on = alive(queue, QUEUE);
  REQUIRE(handle && on, ERR_INVALID, "no notifier or no queue");
  handle->placed_at = -1;
  enqueue(on, (struct step){.notifier = handle});
  DONE();
}

static int invoke(const char *call, void *context, void **params, void *queue, void *extra) {
  enum effect effect = NO_EFFECT;
  int fault = begin(call, &effect);
  if (fault) return end(call, fault);
  struct handle *handle = alive(context, CONTEXT), *on = alive(queue, QUEUE);
  if (!handle || !handle->initialised) return misuse(call, ERR_INIT, "before cnrtInitRuntimeContext");
  if (!on || extra) return misuse(call, ERR_INVALID, "no queue, or extra is not NULL");
  if (handle->device != current_device || on->device != current_device)
    return misuse(call, ERR_INVALID, "this thread's device is another than the context's or the queue's");
  struct model *model = handle->model;
  struct step step = {.model = model, .effect = effect};
  for (int i = 0; i < model->input_count; i++) step.inputs[i] = behind(params[i], model->inputs[i].bytes);
  for (int i = 0; i < model->output_count; i++)
    step.outputs[i] = behind(params[model->input_count + i], model->outputs[i].bytes);
  for (int i = 0; i < model->input_count; i++)
    if (!step.inputs[i]) return misuse(call, ERR_INVALID, "an input is smaller than the model's");
  for (int i = 0; i < model->output_count; i++)
    if (!step.outputs[i]) return misuse(call, ERR_INVALID, "an output is smaller than the model's");
  enqueue(on, step);
  return end(call, OK);
}

#ifndef WITHOUT_CONTEXT_CALLS
EXPORT int cnrtInvokeRuntimeContext(void *context, void **params, void *queue, void *extra) {
  return invoke(__func__, context, params, queue, extra);
}
#else
EXPORT int cnrtInvokeRuntimeContext_V2(void *context, void *descriptors, void **params, void *queue, void *extra) {
  REQUIRE(!descriptors, ERR_INVALID, "descriptors are not NULL");
  return invoke(__func__, context, params, queue, extra);
}
#endif

EXPORT int cnrtSyncQueue(void *queue) {
  BEGIN();
  struct handle *handle = alive(queue, QUEUE);
  REQUIRE(handle, ERR_INVALID, "no queue");
  return end(__func__, run_queue(handle));
}

EXPORT int cnrtNotifierDuration(void *start, void *stop, float *us) {
  BEGIN();
  struct handle *first = alive(start, NOTIFIER), *second = alive(stop, NOTIFIER);
  REQUIRE(first && second, ERR_INVALID, "no notifiers");
  REQUIRE(first->placed_at >= 0 && second->placed_at >= 0, ERR_NOT_READY, "before cnrtSyncQueue");
  REQUIRE(second->placed_at >= first->placed_at, ERR_INVALID, "the second was placed before the first");
  *us = second->placed_at - first->placed_at;
  DONE();
}
