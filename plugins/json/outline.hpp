#pragma once

#include <functional>
#include <string>

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

/// Whether the text, the first part of a file (`is_whole`: all of it) from an opening brace, is one of many records or
/// one object that holds them. Answers tables, object or lines.
Shape judge_object(std::string_view text, bool is_whole);

}  // namespace sluice::json
