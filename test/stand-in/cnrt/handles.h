/* What the stand-in's handles point to. None is ever given back to malloc, so that one used after its end is known. */
#ifndef MLU_PARITY_STAND_IN_HANDLES
#define MLU_PARITY_STAND_IN_HANDLES

#include "stand-in.h"

enum kind { MODEL, FUNCTION, CONTEXT, QUEUE, NOTIFIER, KINDS };

struct handle {
  enum kind kind;
  int alive;
  struct handle *next;
  struct model *model;     /* of a model, a function once extracted, a context */
  int device, initialised; /* of a context, a queue */
  double placed_at;        /* of a notifier: when the queue came to it, or -1 */
  struct step *first, **last; /* of a queue: what is to be done */
};

struct step {
  struct handle *notifier; /* to be placed; else an invocation */
  struct model *model;
  void *inputs[MOST_TENSORS], *outputs[MOST_TENSORS];
  enum effect effect;
  struct step *next;
};

struct handle *make_handle(enum kind kind);
/* NULL where it is no handle of that kind, or one that has been destroyed. */
struct handle *alive(void *handle, enum kind kind);
/* Of a model, or of all where it is NULL. */
int live_handles(enum kind kind, const struct model *model);

void enqueue(struct handle *queue, struct step step);
int run_queue(struct handle *queue);
/* Whether a queue still has to write to (or read from) this memory. */
int is_pending(const void *memory);

#endif
