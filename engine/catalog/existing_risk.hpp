#pragma once

#include <string>

#include "catalog/catalog.hpp"
#include "catalog/mapping.hpp"

/// Part of decide_existing's work.
namespace sluice::catalog {

/// How values of a column may be lost or refused by a target's column that was there before, "" for not at all. What a scan of the
/// values rules out is no risk. A conversion that keeps every value is none either, whatever its name: integers to numbers, dates to
/// timestamps, anything to text, times with a zone to times in UTC.
std::string risk_of(const Column& source, const Column& target, const ColumnMapping& column);

/// As people know it: the target's own spelling where it has one.
std::string spelled_type(const Column& column);

}  // namespace sluice::catalog
