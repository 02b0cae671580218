#pragma once

#include <memory>
#include <optional>
#include <string>

#include "workflow/metric.hpp"
#include "workflow/table_transform.hpp"
#include "workflow/value.hpp"

namespace sluice::workflow {

/// What a gate's function may ask for, implemented by the engine.
class GateContext {
 public:
  virtual ~GateContext() = default;
  /// First column of the first row as text; nullopt for NULL. Throws Error.
  virtual std::optional<std::string> scalar(const std::string& store, const std::string& query) = 0;
  virtual bool has_store(const std::string& name) const = 0;
  virtual const Metrics& metrics() const = 0;
};

struct GateAnswer {
  bool holds = false;
  std::string message;
};

/// Calls into the workflow's Lua functions; `script` implements it. One instance belongs to one thread.
class ScriptCalls {
 public:
  virtual ~ScriptCalls() = default;
  /// Throws Error with file:line where the function fails, runs too long or answers something else than boolean, text.
  virtual GateAnswer check_gate(const FunctionRef& function, GateContext& context) = 0;
};

/// Makes a fresh instance for a worker, by loading the same bundle with the same params.
class ScriptCallsFactory {
 public:
  virtual ~ScriptCallsFactory() = default;
  virtual std::unique_ptr<ScriptCalls> make() const = 0;
  /// In a state of its own, made at first use.
  virtual std::unique_ptr<Transforms> make_transforms() const = 0;
};

}  // namespace sluice::workflow
