#include "copy/convert_named.hpp"

#include <string>

#include "base/error.hpp"
#include "catalog/decide.hpp"

namespace sluice::copy {

CastFunction find_step_function(const catalog::CastStep& step, const arrow::Type& from) {
  const std::string& name = step.call.name;
  if (name.empty()) return find_cast_function(catalog::cast_between(from, step.to), from, step.to);
  for (const CastFunction function : {find_moment_cast(name, from), find_clean_cast(name, from),
                                      find_form_cast(name, from), find_charset_cast(name)}) {
    if (function != nullptr) return function;
  }
  throw Error(Code::internal,
              "cast." + name + " does not bring " + arrow::to_text(from) + " to " + arrow::to_text(step.to));
}

}  // namespace sluice::copy
