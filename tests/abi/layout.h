#ifndef SLUICE_TEST_LAYOUT_H
#define SLUICE_TEST_LAYOUT_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One line of the layout. kind 's': value is a struct's size; 'f': a field's offset, and its size; 'c': a constant. */
typedef struct layout_line {
  char kind;
  const char *type;
  const char *name;
  int64_t value;
  int64_t size;
} layout_line;

/* As the C11 compiler sees the contract. */
const layout_line *layout_in_c(size_t *count);
/* As the C++20 compiler sees it. */
const layout_line *layout_in_cpp(size_t *count);

#ifdef __cplusplus
}
#endif

#endif
