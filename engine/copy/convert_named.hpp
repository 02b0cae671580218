#pragma once

#include "copy/convert_cast.hpp"

/// The casts that a map asks for by name (catalog/cast_word.hpp), each over a whole column.
namespace sluice::copy {

/// Throws Error(internal) where the cast does not bring `from` to the step's type: the plan has checked that. nullptr
/// for a step without a name whose types have the same form.
CastFunction find_step_function(const catalog::CastStep& step, const arrow::Type& from);

/// The same by what they are about; nullptr where the name is none of theirs.
CastFunction find_moment_cast(const std::string& name, const arrow::Type& from);
CastFunction find_clean_cast(const std::string& name, const arrow::Type& from);
CastFunction find_form_cast(const std::string& name, const arrow::Type& from);
CastFunction find_charset_cast(const std::string& name);

}  // namespace sluice::copy
