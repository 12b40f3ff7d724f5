/*
 * A stand-in for the vendor's libcnrt, for tests where there is no card: it implements the calls that the agent makes,
 * checks their order and arguments, and computes on the CPU. It is none of the vendor's, and says so (mluParityStandIn).
 *
 * Environment:
 *   MLU_STAND_IN_TRACE=FILE              a line for each call, misuse and leak
 *   MLU_STAND_IN_DELAY_US=N              an inference takes at least so long
 *   MLU_STAND_IN_FAULT=CALL:NTH:WHAT     the NTH call of CALL (from 1) returns WHAT, a number; or hang, crash; or, for an
 *                                        invocation, nan or garbage: what it writes
 *   MLU_STAND_IN_DEVICES=N               cards (1)
 *   MLU_STAND_IN_CARD=MLU220             they are of that kind (MLU270)
 *   MLU_STAND_IN_PYTHON=PYTHON           what runs torchscript programs (python3)
 */
#ifndef MLU_PARITY_STAND_IN_CNRT
#define MLU_PARITY_STAND_IN_CNRT

#include <stddef.h>
#include <stdint.h>

#define EXPORT __attribute__((visibility("default")))

enum {
  OK = 0,
  ERR_NOT_READY = 632006,
  ERR_INVALID = 632007,
  ERR_NOMEM = 632008,
  ERR_NODEV = 632009,
  ERR_IO = 632010,
  ERR_SYS = 632011,
  ERR_UNSUPPORTED = 632020,
  ERR_NO_EXIST = 632022,
  ERR_INIT = 632024,
  ERR_MEMCPY = 632036,
};

enum { FLOAT16 = 0x12, FLOAT32 = 0x13, UINT8 = 0x31 };
enum { HOST2DEV = 0, DEV2DEV = 1, DEV2HOST = 2 };
enum effect { NO_EFFECT, EFFECT_NAN, EFFECT_GARBAGE };

/* trace.c: begin() is the first thing a call does; it returns the code the call is to fail with, or 0. */
int begin(const char *call, enum effect *effect);
int end(const char *call, int code);
int misuse(const char *call, int code, const char *text);
void note(const char *kind, const char *text);
int number_from(const char *variable, int otherwise);
double now_us(void);

/* model.c */
#define MOST_TENSORS 8
#define MOST_DIMS 8

struct tensor {
  int dims[MOST_DIMS], dim_count, type;
  int64_t bytes;
};

struct model {
  char path[4096], program[32];
  int parallelism, input_count, output_count;
  struct tensor inputs[MOST_TENSORS], outputs[MOST_TENSORS];
  int coprocess; /* a socket, or -1 */
  int coprocess_id;
};

int read_model(const char *path, struct model *model);
int type_size(int type);

/* program.c: inputs and outputs as they lie in device memory. */
int start_program(struct model *model);
int run_program(struct model *model, void **inputs, void **outputs);
void end_program(struct model *model);

/* convert.c */
float float_at(const void *data, int type, size_t index);
void put_float(void *data, int type, size_t index, float value);

/* memory.c: device memory, at addresses that no host pointer can have. */
int device_malloc(void **address, size_t bytes);
int device_free(void *address);
/* The memory behind `bytes` bytes at a device address; NULL where they do not lie in one allocation. */
void *behind(const void *address, size_t bytes);
int is_device_address(const void *address);
int live_allocations(void);

#endif
