/* Device memory. An address is a number above every host pointer: what takes it for one crashes, as it does with a card. */
#include <pthread.h>
#include <stdlib.h>

#include "stand-in.h"

#define FIRST_ADDRESS ((uintptr_t)1 << 56)

struct allocation {
  uintptr_t address;
  size_t bytes;
  char *memory;
  struct allocation *next;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct allocation *allocations;
static uintptr_t next_address = FIRST_ADDRESS;

int is_device_address(const void *address) { return (uintptr_t)address >= FIRST_ADDRESS; }

int device_malloc(void **address, size_t bytes) {
  struct allocation *made = malloc(sizeof *made);
  char *memory = malloc(bytes);
  if (!made || !memory) {
    free(made);
    free(memory);
    return ERR_NOMEM;
  }
  pthread_mutex_lock(&lock);
  *made = (struct allocation){next_address, bytes, memory, allocations};
  allocations = made;
  /* Never used again, so that what is freed twice is known. */
  next_address += (bytes + 0xffff) & ~(size_t)0xffff;
  pthread_mutex_unlock(&lock);
  *address = (void *)made->address;
  return OK;
}

int device_free(void *address) {
  int code = ERR_INVALID;
  pthread_mutex_lock(&lock);
  for (struct allocation **at = &allocations; *at; at = &(*at)->next) {
    struct allocation *found = *at;
    if (found->address != (uintptr_t)address) continue;
    *at = found->next;
    free(found->memory);
    free(found);
    code = OK;
    break;
  }
  pthread_mutex_unlock(&lock);
  return code;
}

void *behind(const void *address, size_t bytes) {
  void *memory = NULL;
  uintptr_t first = (uintptr_t)address;
  pthread_mutex_lock(&lock);
  for (struct allocation *at = allocations; at; at = at->next)
    if (first >= at->address && first - at->address <= at->bytes && bytes <= at->bytes - (first - at->address))
      memory = at->memory + (first - at->address);
  pthread_mutex_unlock(&lock);
  return memory;
}

int live_allocations(void) {
  int count = 0;
  pthread_mutex_lock(&lock);
  for (struct allocation *at = allocations; at; at = at->next) count++;
  pthread_mutex_unlock(&lock);
  return count;
}
