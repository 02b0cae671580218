#include "abi/plugin_abi.h"
#include "layout.h"
#include "layout_lines.inc"

static_assert(__cplusplus >= 202002L);

const layout_line* layout_in_cpp(size_t* count) {
  *count = sizeof kLines / sizeof kLines[0];
  return kLines;
}
