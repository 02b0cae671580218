#include "plan/stores.hpp"

#include <algorithm>
#include <cstdlib>

#include "base/error.hpp"
#include "base/nearest.hpp"

namespace sluice::plan {
namespace {

using workflow::SecretRef;
using workflow::StoreSpec;
using workflow::Value;

std::string option_text(const StoreSpec& spec, const std::string& name, const Value& value, const FindSecret& find_secret,
                        Redactor& redactor) {
  if (const auto* secret = value.as<SecretRef>()) {
    std::optional<std::string> found = find_secret(secret->name);
    if (!found) {
      throw Error(Code::not_found, "the secret " + secret->name + " of store \"" + spec.name + "\" is not set",
                  "export " + secret->name + "=... and try again", to_text(spec.where));
    }
    redactor.add(*found);
    return *found;
  }
  if (const auto* text = value.as<std::string>()) return *text;
  if (const auto* flag = value.as<bool>()) return *flag ? "true" : "false";
  if (const auto* integer = value.as<int64_t>()) return std::to_string(*integer);
  throw Error(Code::invalid_argument, "the option " + name + " of store \"" + spec.name + "\" is not a text",
              "write it as a text, a number, a boolean or a secret", to_text(spec.where));
}

bool declares(const store::Manifest& manifest, const std::string& option) {
  return std::any_of(manifest.options.begin(), manifest.options.end(),
                     [&](const store::ManifestOption& known) { return known.name == option; });
}

[[noreturn]] void refuse_option(const StoreSpec& spec, const store::Manifest& manifest, const std::string& name) {
  std::vector<std::string> known = {"access", "path", "schema"};
  for (const auto& option : manifest.options) known.push_back(option.name);
  std::string near = nearest(name, known);
  throw Error(Code::invalid_argument, "store \"" + spec.name + "\": " + manifest.name + " has no option \"" + name + "\"",
              near.empty() ? "`sluice plugins` lists the options" : "did you mean \"" + near + "\"?", to_text(spec.where));
}

BoundStore bind(const StoreSpec& spec, const store::PluginSearch& search, const FindSecret& find_secret,
                const std::string* url, Redactor& redactor) {
  store::Manifest manifest = search.find(spec.plugin);
  BoundStore bound;
  bound.spec = &spec;
  store::Options options;
  for (const auto& [name, value] : spec.options) {
    if (url != nullptr && (name == "url" || name == "path")) continue;
    std::string text = option_text(spec, name, value, find_secret, redactor);
    if (name == "access") bound.read_only = text == "read";
    if (name == "schema") bound.schema = text;
    if (declares(manifest, name)) {
      options.emplace_back(name, text);
    } else if (name == "path") {
      options.emplace_back("url", text);
    } else if (name != "access" && name != "schema") {
      refuse_option(spec, manifest, name);
    }
  }
  if (url != nullptr) {
    options.emplace_back("url", *url);
    redactor.add(*url);
    bound.disposable = true;
  }
  for (const auto& [name, text] : options) {
    if (name == "url" || name == "path") bound.url = store::without_password(text);
  }
  bound.store = std::make_shared<store::Store>(store::Plugin::load(manifest), spec.name, options);
  return bound;
}

}  // namespace

FindSecret secrets_from_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return std::string(value);
  };
}

Stores::Stores(const workflow::Workflow& workflow, const store::PluginSearch& search, const FindSecret& find_secret,
               const std::map<std::string, std::string>& urls, Redactor& redactor) {
  for (const auto& [name, spec] : workflow.stores) {
    auto url = urls.find(name);
    try {
      stores_[name] = bind(spec, search, find_secret, url == urls.end() ? nullptr : &url->second, redactor);
    } catch (const Error& error) {
      throw error.where().empty() ? error.with_where(to_text(spec.where)) : error;
    }
  }
}

const BoundStore& Stores::at(const std::string& name) const {
  auto found = stores_.find(name);
  if (found == stores_.end()) throw Error(Code::internal, "no store is bound as \"" + name + "\"");
  return found->second;
}

}  // namespace sluice::plan
