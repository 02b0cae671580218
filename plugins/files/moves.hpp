#pragma once

#include <string>

namespace sluice::files {

class Home;

/// What is to happen in the directory once the transaction commits; see finish_moves in tables.hpp. Paths are relative:
/// to the directory, or to the home's folder where they begin with "parts/". Both need an open transaction.
void note_move(Home& home, const std::string& from, const std::string& to, const std::string& identity);
/// `identity` "": whatever file it is.
void note_removal(Home& home, const std::string& file, const std::string& identity);

}  // namespace sluice::files
