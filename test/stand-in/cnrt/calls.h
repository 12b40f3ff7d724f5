/* What all calls begin and end with. */
#ifndef MLU_PARITY_STAND_IN_CALLS
#define MLU_PARITY_STAND_IN_CALLS

#include "handles.h"

extern int initialised;
/* Which card this thread's calls are for, as the vendor's library keeps it. */
extern __thread int current_device;

int device_count(void);
int is_mlu220(void);

#define BEGIN()                                       \
  do {                                                \
    int fault = begin(__func__, NULL);                \
    if (fault) return end(__func__, fault);           \
    if (!initialised) return misuse(__func__, ERR_INIT, "before cnrtInit"); \
  } while (0)
#define REQUIRE(condition, code, text) \
  do {                                 \
    if (!(condition)) return misuse(__func__, code, text); \
  } while (0)
#define DONE() return end(__func__, OK)

#endif
