#ifndef SLUICE_PLUGIN_ABI_H
#define SLUICE_PLUGIN_ABI_H

/* The plugin contract. The declarations and their documentation are in plugin_abi_decl.h. */

#include <stdint.h>

#include "abi/arrow_abi.h"

#ifdef __cplusplus
extern "C" {
#endif

#include "abi/plugin_abi_decl.h"

#ifdef __cplusplus
}
#endif

#define SLUICE_PLUGIN_ENTRY "sluice_plugin_v1"

#if defined(__GNUC__)
#define SLUICE_EXPORT __attribute__((visibility("default")))
#else
#define SLUICE_EXPORT
#endif

#endif
