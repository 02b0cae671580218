/* The fixture plugin with one thing wrong, chosen by WRONG_...: what the loader must refuse, and what it must allow. */

#include <stddef.h>

#define sluice_plugin_v1 right_plugin
#include "fixture_plugin.c"
#undef sluice_plugin_v1

/* A later minor version of the contract: a longer table, whose end this version does not know. */
typedef struct later_plugin {
  sluice_plugin known;
  void (*unknown)(void);
} later_plugin;

static later_plugin wrong;

#ifdef WRONG_ENTRY
#define ENTRY sluice_plugin_v2
#else
#define ENTRY sluice_plugin_v1
#endif

SLUICE_EXPORT const sluice_plugin* ENTRY(void);
SLUICE_EXPORT const sluice_plugin* ENTRY(void) {
  wrong.known = numbers;
#if defined(WRONG_MISSING)
  wrong.known.plan_chunks = NULL;
  wrong.known.identity = NULL;
#elif defined(WRONG_MAJOR)
  wrong.known.abi_major = 7;
#elif defined(WRONG_SHORT)
  wrong.known.struct_size = offsetof(sluice_plugin, source_state);
#elif defined(WRONG_HEAD)
  wrong.known.struct_size = 8;
#elif defined(WRONG_NAME)
  wrong.known.name = "letters";
#elif defined(WRONG_ROLES)
  wrong.known.roles = SLUICE_ROLE_SOURCE | SLUICE_ROLE_TARGET;
#elif defined(LATER_MINOR)
  wrong.known.struct_size = sizeof wrong;
  wrong.known.abi_minor = 3;
#elif defined(WRONG_NOTHING)
  return NULL;
#endif
  return &wrong.known;
}
