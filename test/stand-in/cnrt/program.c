/*
 * What a model computes, from its first input (N H W 3, as it lies in device memory) to its first output.
 *
 * ramp: out[n][a][c] = (x[n][p][c mod 3] / 2 + a / 4) + c in float32, p = a mod (H * W), a the anchor, c the channel.
 * torchscript: what run_model.py, beside this library, makes of the program in the model.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stand-in.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static size_t anchors_of(int height, int width) {
  size_t anchors = 0;
  for (int stride = 8; stride <= 32; stride *= 2) anchors += (size_t)(height / stride) * (width / stride);
  return anchors;
}

/* Channel-major, as the card leaves a tensor of three dimensions, unless the first extent that is not 1 is the anchors'. */
static int is_anchor_major(const struct tensor *output, size_t anchors) {
  int at = 1;
  while (at < output->dim_count && output->dims[at] == 1) at++;
  size_t rest = 1;
  for (int i = at + 1; i < output->dim_count; i++) rest *= output->dims[i];
  return at < output->dim_count && (size_t)output->dims[at] == anchors && rest != anchors && rest > 1;
}

static int exchange(int socket, char *data, size_t bytes, int sending) {
  while (bytes) {
    ssize_t moved = sending ? send(socket, data, bytes, MSG_NOSIGNAL) : recv(socket, data, bytes, 0);
    if (moved < 0 && errno == EINTR) continue;
    if (moved <= 0) return 0;
    data += moved;
    bytes -= moved;
  }
  return 1;
}

static int start_coprocess(struct model *model) {
  Dl_info self;
  int ends[2];
  char script[4096];
  if (!dladdr((void *)(uintptr_t)start_coprocess, &self)) return 0;
  const char *slash = strrchr(self.dli_fname, '/');
  snprintf(script, sizeof script, "%.*srun_model.py", slash ? (int)(slash + 1 - self.dli_fname) : 0, self.dli_fname);
  const char *python = getenv("MLU_STAND_IN_PYTHON");
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends)) return 0;
  int child = fork();
  if (child == 0) {
    dup2(ends[1], 0);
    dup2(ends[1], 1);
    execlp(python ? python : "python3", python ? python : "python3", script, model->path, (char *)NULL);
    _exit(127);
  }
  close(ends[1]);
  if (child < 0) {
    close(ends[0]);
    return 0;
  }
  model->coprocess = ends[0];
  model->coprocess_id = child;
  return 1;
}

int start_program(struct model *model) {
  if (strcmp(model->program, "torchscript") != 0) return OK;
  char ready;
  if (start_coprocess(model) && exchange(model->coprocess, &ready, 1, 0)) return OK;
  end_program(model);
  return ERR_IO;
}

void end_program(struct model *model) {
  if (model->coprocess < 0) return;
  close(model->coprocess);
  model->coprocess = -1;
  waitpid(model->coprocess_id, NULL, 0);
}

/* pixels: NCHW float32; values: [n][anchors][channels]. One coprocess for each model, one inference in it at a time. */
static int run_torchscript(struct model *model, float *pixels, size_t pixel_count, float *values, size_t value_count) {
  pthread_mutex_lock(&lock);
  int good = exchange(model->coprocess, (char *)pixels, 4 * pixel_count, 1) &&
         exchange(model->coprocess, (char *)values, 4 * value_count, 0);
  pthread_mutex_unlock(&lock);
  return good;
}

int run_program(struct model *model, void **inputs, void **outputs) {
  const struct tensor *input = &model->inputs[0], *output = &model->outputs[0];
  if (input->dim_count != 4) return ERR_INVALID;
  int batch = input->dims[0], height = input->dims[1], width = input->dims[2], colours = input->dims[3];
  size_t area = (size_t)height * width, anchors = anchors_of(height, width);
  size_t pixel_count = input->bytes / type_size(input->type), value_count = output->bytes / type_size(output->type);
  if (!anchors || value_count % (batch * anchors)) return ERR_INVALID;
  size_t channels = value_count / (batch * anchors);
  int anchor_major = is_anchor_major(output, anchors);
  float *values = NULL, *pixels = NULL;
  if (strcmp(model->program, "torchscript") == 0) {
    values = malloc(4 * value_count);
    pixels = malloc(4 * pixel_count);
    for (int n = 0; n < batch; n++)
      for (int c = 0; c < colours; c++)
        for (size_t p = 0; p < area; p++)
          pixels[((size_t)n * colours + c) * area + p] =
              float_at(inputs[0], input->type, (n * area + p) * colours + c);
    int good = run_torchscript(model, pixels, pixel_count, values, value_count);
    free(pixels);
    if (!good) {
      free(values);
      return ERR_SYS;
    }
  }
  for (int n = 0; n < batch; n++)
    for (size_t c = 0; c < channels; c++)
      for (size_t a = 0; a < anchors; a++) {
        size_t at = anchor_major ? (n * anchors + a) * channels + c : (n * channels + c) * anchors + a;
        float value;
        if (values)
          value = values[(n * anchors + a) * channels + c];
        else
          value = (float_at(inputs[0], input->type, (n * area + a % area) * colours + c % 3) * 0.5f + a * 0.25f) + (float)c;
        put_float(outputs[0], output->type, at, value);
      }
  free(values);
  return OK;
}
