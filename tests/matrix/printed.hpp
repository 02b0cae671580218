#pragma once

#include <string>
#include <vector>

#include "matrix/sources.hpp"

namespace sluice::test::matrix {

/// The column v of a table in order of id, in the words of the store itself and read past Sluice's plugins:
/// - postgres: what the server prints, in UTC;
/// - mysql: what the server prints; 0x and hex where the column is binary;
/// - sqlite: integers as digits, reals by their shortest text (with .0 where they are whole), 'texts' in quotes, x'hex';
/// - csv: the raw bytes of the cell, quotes and all.
/// - json: the raw bytes of the value, in a record that another parser takes for JSON.
/// NULL is NULL, in csv (nothing), in json null.
std::vector<std::string> printed(const Place& place, const std::string& table);

}  // namespace sluice::test::matrix
