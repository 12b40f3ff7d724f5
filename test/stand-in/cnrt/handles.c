/* Handles, and queues, which are worked through when they are waited for. */
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "handles.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct handle *handles;

struct handle *make_handle(enum kind kind) {
  struct handle *made = calloc(1, sizeof *made);
  made->kind = kind;
  made->alive = 1;
  made->placed_at = -1;
  made->last = &made->first;
  pthread_mutex_lock(&lock);
  made->next = handles;
  handles = made;
  pthread_mutex_unlock(&lock);
  return made;
}

struct handle *alive(void *handle, enum kind kind) {
  struct handle *found = NULL;
  pthread_mutex_lock(&lock);
  for (struct handle *at = handles; at; at = at->next)
    if (at == handle && at->alive && at->kind == kind) found = at;
  pthread_mutex_unlock(&lock);
  return found;
}

int live_handles(enum kind kind, const struct model *model) {
  int count = 0;
  pthread_mutex_lock(&lock);
  for (struct handle *at = handles; at; at = at->next)
    count += at->alive && at->kind == kind && (!model || at->model == model);
  pthread_mutex_unlock(&lock);
  return count;
}

int is_pending(const void *memory) {
  int pending = 0;
  pthread_mutex_lock(&lock);
  for (struct handle *at = handles; at; at = at->next) {
    if (at->kind != QUEUE) continue;
    for (struct step *step = at->first; step; step = step->next)
      for (int i = 0; i < MOST_TENSORS; i++)
        pending |= memory && (step->inputs[i] == memory || step->outputs[i] == memory);
  }
  pthread_mutex_unlock(&lock);
  return pending;
}

static void spoil(struct step *step) {
  const struct tensor *output = &step->model->outputs[0];
  char *bytes = step->outputs[0];
  if (step->effect == EFFECT_NAN)
    for (int64_t i = 0; i < output->bytes / type_size(output->type); i++)
      put_float(bytes, output->type, i, NAN);
  uint32_t noise = 1;
  for (int64_t i = 0; step->effect == EFFECT_GARBAGE && i < output->bytes; i++) {
    noise = noise * 1664525 + 1013904223;
    bytes[i] = noise >> 24;
  }
}

static int run_step(struct step *step) {
  double begun = now_us();
  if (step->notifier) {
    step->notifier->placed_at = begun;
    return OK;
  }
  int code = run_program(step->model, step->inputs, step->outputs);
  if (step->effect != NO_EFFECT) spoil(step);
  double left = begun + number_from("MLU_STAND_IN_DELAY_US", 0) - now_us();
  if (left > 0) {
    struct timespec pause = {(time_t)(left / 1e6), (long)(fmod(left, 1e6) * 1e3)};
    nanosleep(&pause, NULL);
  }
  return code;
}

void enqueue(struct handle *queue, struct step step) {
  struct step *added = malloc(sizeof *added);
  *added = step;
  pthread_mutex_lock(&lock);
  *queue->last = added;
  queue->last = &added->next;
  pthread_mutex_unlock(&lock);
}

int run_queue(struct handle *queue) {
  int code = OK;
  for (;;) {
    pthread_mutex_lock(&lock);
    struct step *step = queue->first;
    pthread_mutex_unlock(&lock);
    if (!step) return code;
    int own = run_step(step);
    if (code == OK) code = own;
    pthread_mutex_lock(&lock);
    queue->first = step->next;
    if (!queue->first) queue->last = &queue->first;
    pthread_mutex_unlock(&lock);
    free(step);
  }
}
