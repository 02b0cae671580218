#include "arrow/width.hpp"

namespace sluice::arrow {

bool has_offsets(Kind kind) { return kind == Kind::text || kind == Kind::number || kind == Kind::json || kind == Kind::binary; }

int width_of(Kind kind) {
  switch (kind) {
    case Kind::boolean: return 0;
    case Kind::int8:
    case Kind::uint8: return 1;
    case Kind::int16:
    case Kind::uint16: return 2;
    case Kind::int32:
    case Kind::uint32:
    case Kind::float32:
    case Kind::date: return 4;
    case Kind::decimal:
    case Kind::uuid: return 16;
    default: return has_offsets(kind) ? 4 : 8;
  }
}

}  // namespace sluice::arrow
