#include "workflow/words.hpp"

#include <algorithm>

#include "workflow/word_tables.hpp"

namespace sluice::workflow {
namespace {

std::vector<Word> make_words() {
  std::vector<Word> all = builtin_words();
  for (std::vector<Word> more : {node_words(), action_words()}) {
    all.insert(all.end(), more.begin(), more.end());
  }
  std::sort(all.begin(), all.end(), [](const Word& a, const Word& b) { return a.name < b.name; });
  return all;
}

template <typename Spec>
const Spec* find_named(const std::vector<Spec>& specs, const std::string& name) {
  const auto found = std::find_if(specs.begin(), specs.end(), [&](const Spec& spec) { return spec.name == name; });
  return found == specs.end() ? nullptr : &*found;
}

}  // namespace

const char* to_text(FieldType type) {
  switch (type) {
    case FieldType::text: return "text";
    case FieldType::boolean: return "true or false";
    case FieldType::integer: return "whole number";
    case FieldType::number: return "number";
    case FieldType::duration: return "duration such as \"30s\"";
    case FieldType::size: return "size such as \"64MiB\"";
    case FieldType::list: return "list of texts";
    case FieldType::table: return "table of texts";
    case FieldType::store: return "name of a store";
    case FieldType::map: return "map { ... }";
    case FieldType::criterion: return "criterion";
    case FieldType::function: return "function";
    case FieldType::node: return "path of a node";
    case FieldType::action: return "action";
    case FieldType::nodes: return "nodes";
    case FieldType::secret: return "text or secret \"NAME\"";
    case FieldType::any: return "text, number, boolean or secret \"NAME\"";
    case FieldType::phases: return "list of phase names";
    case FieldType::stores: return "table of stores";
    case FieldType::on_fail: return "rollback_to \"NODE\" or \"abort\"";
    case FieldType::settings: return "table of settings";
    case FieldType::columns: return "table of columns";
  }
  return "value";
}

const FieldSpec* Word::find_field(const std::string& wanted) const { return find_named(fields, wanted); }
const MetricSpec* Word::find_metric(const std::string& wanted) const { return find_named(metrics, wanted); }

const FieldSpec* Word::find_positional() const {
  const auto found =
      std::find_if(fields.begin(), fields.end(), [](const FieldSpec& field) { return field.is_positional; });
  return found == fields.end() ? nullptr : &*found;
}

const std::vector<Word>& words() {
  static const std::vector<Word> all = make_words();
  return all;
}

const Word* find_word(const std::string& name) {
  const std::vector<Word>& all = words();
  const auto found = std::lower_bound(all.begin(), all.end(), name,
                                      [](const Word& word, const std::string& wanted) { return word.name < wanted; });
  return found == all.end() || found->name != name ? nullptr : &*found;
}

}  // namespace sluice::workflow
