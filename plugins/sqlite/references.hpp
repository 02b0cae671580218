#pragma once

#include <string>
#include <vector>

#include "shape.hpp"

namespace sluice::sqlite {

class Session;

/// Notes rows whose declared references don't hold, since SQLite lets them in unless each connection asks for more, and another store
/// refuses the foreign key when all is copied. One pass over a table that has such keys, none over others.
void note_dangling_references(Session& session, const TableShape& shape, std::vector<std::string>& notes);

}  // namespace sluice::sqlite
