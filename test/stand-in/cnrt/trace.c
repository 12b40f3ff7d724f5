/* The trace, and the faults that the environment asks for. See stand-in.h. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "stand-in.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int fault_calls;
static int threads;
static __thread int thread;

double now_us(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

int number_from(const char *variable, int otherwise) {
  const char *text = getenv(variable);
  return text && *text ? atoi(text) : otherwise;
}

/* Each line by one write to a file opened for appending, so that lines of many threads stay whole. */
static void write_line(const char *line) {
  const char *path = getenv("MLU_STAND_IN_TRACE");
  if (!path || !*path) return;
  int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (file < 0) return;
  if (write(file, line, strlen(line)) < 0) perror("MLU_STAND_IN_TRACE");
  close(file);
}

static int thread_number(void) {
  if (!thread) thread = __sync_add_and_fetch(&threads, 1);
  return thread;
}

void note(const char *kind, const char *text) {
  char line[640];
  snprintf(line, sizeof line, "%s %s\n", kind, text);
  write_line(line);
}

int begin(const char *call, enum effect *effect) {
  const char *fault = getenv("MLU_STAND_IN_FAULT");
  size_t length = strlen(call);
  if (!fault || strncmp(fault, call, length) != 0 || fault[length] != ':') return OK;
  char *what;
  long nth = strtol(fault + length + 1, &what, 10);
  if (*what++ != ':') return OK;
  pthread_mutex_lock(&lock);
  int count = ++fault_calls;
  pthread_mutex_unlock(&lock);
  if (count != nth) return OK;
  note("fault", fault);
  if (strcmp(what, "hang") == 0)
    for (;;) pause();
  if (strcmp(what, "crash") == 0) {
    signal(SIGSEGV, SIG_DFL);
    raise(SIGSEGV);
  }
  if (effect && strcmp(what, "nan") == 0) *effect = EFFECT_NAN;
  if (effect && strcmp(what, "garbage") == 0) *effect = EFFECT_GARBAGE;
  return atoi(what);
}

int end(const char *call, int code) {
  char line[256];
  snprintf(line, sizeof line, "call %s %d thread %d at %.0f\n", call, code, thread_number(), now_us());
  write_line(line);
  return code;
}

int misuse(const char *call, int code, const char *text) {
  char line[512];
  snprintf(line, sizeof line, "%s: %s", call, text);
  note("misuse", line);
  return end(call, code);
}
