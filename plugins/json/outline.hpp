#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "cutter.hpp"
#include "settings.hpp"

namespace sluice::json {

/// What lies where in a file.
struct OutlineSink {
  /// A table's records begin where the walker stands, and are to be cut to their end. `name` is "" for the file's own.
  std::function<void(const std::string& name, Layout layout, int64_t begin)> segment;
  std::function<void(const std::string& note)> note;
};

/// Goes through a whole file: finds the shape and what holds the records, gives each segment to the sink, and proves
/// that the rest is closed. Throws Error(data) with file and byte.
void outline_file(Walker& walker, const Settings& settings, const OutlineSink& sink);

/// What a text from an opening brace on is.
enum class Extent {
  whole = 1,  ///< all of a file
  part,       ///< the first part of it
  enclosed    ///< in another container, with what follows in that, or a part of this
};

/// Whether the object at the text's start is one of many records, or holds them. Answers tables, object or lines.
Shape judge_object(std::string_view text, Extent extent);

}  // namespace sluice::json
