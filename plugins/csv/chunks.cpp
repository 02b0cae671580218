#include "chunks.hpp"

#include <nlohmann/json.hpp>

#include "estimate.hpp"
#include "session.hpp"
#include "sources.hpp"

namespace sluice::csv {

std::string plan_chunks(Session& session, const sdk::ReadSpec& spec, int64_t wanted) {
  using nlohmann::json;
  const Shape shape = shape_of(find_source(session, spec.schema, spec.table), session.home().cancelled());
  json cuts = json::array();
  int64_t count = 0;
  if (wanted <= 1) {
    count = estimate_rows(shape, session.home().cancelled());
  } else {
    const double step = static_cast<double>(shape.source.bytes() - shape.data_begin) / static_cast<double>(wanted);
    RowScanner rows(shape.scan(), &session.home().cancelled());
    rows.expect(shape.columns);
    // A row that can't be read is the business of who reads it.
    rows.be_lenient();
    for (double next = step; rows.next(); ++count) {
      const auto behind = static_cast<double>(rows.row_begin() - shape.data_begin);
      if (count == 0 || behind < next || rows.has_fault()) continue;
      cuts.push_back({std::to_string(rows.row_begin())});
      while (next <= behind) next += step;
    }
  }
  return json{{"key", json::array()}, {"type", "local"}, {"cuts", cuts}, {"rows", count}}.dump();
}

}  // namespace sluice::csv
