#include "abi/plugin_abi.h"
#include "layout.h"
#include "layout_lines.inc"

#if !defined(__STDC_VERSION__) || __STDC_VERSION__ < 201112L
#error "must be compiled as C11"
#endif

const layout_line* layout_in_c(size_t* count) {
  *count = sizeof kLines / sizeof kLines[0];
  return kLines;
}
