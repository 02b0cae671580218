#include <cstdio>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/drive.hpp"
#include "script/load.hpp"
#include "store/plugin.hpp"

namespace sluice::cli {
namespace {

constexpr const char* kSourceSecret = "SLUICE_SOURCE_URL";
constexpr const char* kTargetSecret = "SLUICE_TARGET_URL";

/// A Lua string literal; everything but printable ASCII as decimal escapes.
std::string lua_literal(const std::string& text) {
  std::string result = "\"";
  for (const unsigned char c : text) {
    if (c == '"' || c == '\\') {
      result += '\\';
      result += static_cast<char>(c);
    } else if (c < 0x20 || c == 0x7f) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\%03d", c);
      result += escape;
    } else {
      result += static_cast<char>(c);
    }
  }
  return result + "\"";
}

std::string list(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : ", ") + lua_literal(item);
  return text;
}

/// A store's URL as the workflow holds it: passwords stay out of it, so that it can be printed, kept and resumed.
struct StoreUse {
  std::string plugin;
  std::string url_value;     ///< Lua
  std::string secret;        ///< name, "" for none
  std::string secret_value;
};

StoreUse use_store(const std::string& text, const char* secret, const store::PluginSearch& search) {
  const store::StoreUrl url = store::store_url_from_text(text);
  StoreUse use;
  use.plugin = search.find_scheme(url.scheme).name;
  if (text.rfind("env:", 0) == 0) {
    use.secret = text.substr(4);
  } else if (store::without_password(url.url) != url.url) {
    use.secret = secret;
  } else {
    use.url_value = lua_literal(url.url);
    return use;
  }
  use.secret_value = url.url;
  use.url_value = "secret " + lua_literal(use.secret);
  return use;
}

std::string map_fields(const Options& options) {
  std::string text;
  if (!options.types.empty()) {
    text += ",\n  types = {";
    for (const std::string& type : options.types) {
      const size_t equals = type.find('=');
      if (equals == std::string::npos) {
        throw Error(Code::invalid_argument, "--type " + type + " is not PATTERN=TYPE", "such as --type '*.price=numeric(12,2)'");
      }
      text += " [" + lua_literal(type.substr(0, equals)) + "] = " + lua_literal(type.substr(equals + 1)) + ",";
    }
    text += " }";
  }
  if (!options.tables.empty() || !options.except.empty()) {
    text += ",\n  tables = { " + (options.tables.empty() ? "\"*\"" : list(options.tables));
    if (!options.except.empty()) text += ", except = { " + list(options.except) + " }";
    text += " }";
  }
  return text;
}

std::string schema_field(const std::string& schema) { return schema.empty() ? "" : ", schema = " + lua_literal(schema); }

std::string workflow_text(const Options& options, const StoreUse& source, const StoreUse& target) {
  const std::string workers = std::to_string(options.workers);
  return "-- A whole store with defaults: tables, rows, keys and indexes, proof.\n"
         "local m = map { from = \"source\", to = \"target\"" + map_fields(options) + " }\n\n"
         "return workflow \"copy\" {\n"
         "  stores = {\n"
         "    source = store " + lua_literal(source.plugin) + " { url = " + source.url_value + ", access = \"read\"" + schema_field(options.source_schema) + " },\n"
         "    target = store " + lua_literal(target.plugin) + " { url = " + target.url_value + schema_field(options.target_schema) + " },\n"
         "  },\n\n"
         "  phase \"prepare\" {\n"
         "    step \"tables\" { schema.create { map = m } },\n"
         "  },\n\n"
         "  phase \"copy\" {\n"
         "    step \"rows\" { copy.tables { map = m, workers = " + workers + " } },\n"
         "    step \"finish\" { schema.finish { map = m, workers = " + workers + " } },\n"
         "  },\n\n"
         "  phase \"proof\" {\n"
         "    step \"content\" { verify.content { map = m, workers = " + workers + " } },\n"
         "    gate \"complete\" \"content.completeness >= 100%\",\n"
         "    gate \"same\" \"content.discrepancy == 0\",\n"
         "  },\n"
         "}\n";
}

plan::FindSecret secrets_of(const StoreUse& source, const StoreUse& target) {
  return [source, target](const std::string& name) -> std::optional<std::string> {
    if (name == source.secret) return source.secret_value;
    if (name == target.secret) return target.secret_value;
    return plan::secrets_from_environment()(name);
  };
}

}  // namespace

int copy_command(const Options& options) {
  const store::PluginSearch search = plugin_search(options.plugin_directories);
  const StoreUse source = use_store(options.source, kSourceSecret, search);
  const StoreUse target = use_store(options.target, kTargetSecret, search);
  const std::string text = workflow_text(options, source, target);
  if (options.prints_workflow) {
    std::fputs(text.c_str(), stdout);
    return 0;
  }
  Loaded loaded;
  loaded.workflow = script::load_bundle({{"copy.lua", text}}, "copy.lua", loaded.params);
  if (options.is_plan_only) return show_plan(options, loaded, secrets_of(source, target));
  return start_run(options, loaded, secrets_of(source, target));
}

}  // namespace sluice::cli
