#include "wire.hpp"

#include <chrono>
#include <cstdio>
#include <cstring>

namespace sluice::mysql {
namespace {

/// The protocol is little-endian.
template <typename T>
T read_number(const unsigned char* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

struct Length {
  uint64_t size;
  const unsigned char* content;
};

Length read_length(const unsigned char* at) {
  switch (*at) {
    case 252: return {read_number<uint16_t>(at + 1), at + 3};
    case 253: return {static_cast<uint64_t>(at[1]) | static_cast<uint64_t>(at[2]) << 8 | static_cast<uint64_t>(at[3]) << 16, at + 4};
    case 254: return {read_number<uint64_t>(at + 1), at + 9};
    default: return {*at, at + 1};
  }
}

/// Bytes of a value of fixed width; 0: a length stands before it.
int fixed_width(enum_field_types type) {
  switch (type) {
    case MYSQL_TYPE_NULL:
    case MYSQL_TYPE_TINY: return 1;
    case MYSQL_TYPE_SHORT:
    case MYSQL_TYPE_YEAR: return 2;
    case MYSQL_TYPE_INT24:
    case MYSQL_TYPE_LONG:
    case MYSQL_TYPE_FLOAT: return 4;
    case MYSQL_TYPE_LONGLONG:
    case MYSQL_TYPE_DOUBLE: return 8;
    default: return 0;
  }
}

int64_t read_integer(enum_field_types type, bool is_unsigned, const unsigned char* at) {
  switch (type) {
    case MYSQL_TYPE_TINY: return is_unsigned ? read_number<uint8_t>(at) : read_number<int8_t>(at);
    case MYSQL_TYPE_YEAR: return read_number<uint16_t>(at);
    case MYSQL_TYPE_SHORT: return is_unsigned ? read_number<uint16_t>(at) : read_number<int16_t>(at);
    case MYSQL_TYPE_INT24:
    case MYSQL_TYPE_LONG: return is_unsigned ? int64_t{read_number<uint32_t>(at)} : read_number<int32_t>(at);
    default: return read_number<int64_t>(at);
  }
}

void read_clock(const unsigned char* at, Moment& moment) {
  moment.hours += at[0];
  moment.minute = at[1];
  moment.second = at[2];
}

Moment read_date(const unsigned char* at, uint64_t size) {
  Moment moment;
  if (size < 4) return moment;
  moment.year = read_number<uint16_t>(at);
  moment.month = at[2];
  moment.day = at[3];
  if (size >= 7) read_clock(at + 4, moment);
  if (size >= 11) moment.micros = read_number<int32_t>(at + 7);
  return moment;
}

Moment read_span(const unsigned char* at, uint64_t size) {
  Moment moment;
  if (size < 8) return moment;
  moment.is_negative = at[0] != 0;
  moment.hours = int64_t{read_number<uint32_t>(at + 1)} * 24;
  read_clock(at + 5, moment);
  if (size >= 12) moment.micros = read_number<int32_t>(at + 8);
  return moment;
}

std::string fraction_to_text(int32_t micros) {
  if (micros == 0) return "";
  char text[16];
  std::snprintf(text, sizeof text, ".%06d", micros);
  std::string trimmed = text;
  while (trimmed.back() == '0') trimmed.pop_back();
  return trimmed;
}

}  // namespace

const unsigned char* skip_wire(enum_field_types type, const unsigned char* at) {
  if (const int width = fixed_width(type); width > 0) return at + width;
  const Length length = read_length(at);
  return length.content + length.size;
}

WireValue read_wire(enum_field_types type, bool is_unsigned, const unsigned char* at) {
  using Form = WireValue::Form;
  WireValue value;
  if (type == MYSQL_TYPE_FLOAT || type == MYSQL_TYPE_DOUBLE) {
    value.form = Form::real;
    value.real = type == MYSQL_TYPE_FLOAT ? read_number<float>(at) : read_number<double>(at);
    return value;
  }
  if (fixed_width(type) > 0) {
    value.form = is_unsigned ? Form::natural : Form::integer;
    value.integer = read_integer(type, is_unsigned, at);
    return value;
  }
  const Length length = read_length(at);
  switch (type) {
    case MYSQL_TYPE_DATE:
    case MYSQL_TYPE_NEWDATE:
      value.form = Form::date;
      value.moment = read_date(length.content, length.size);
      break;
    case MYSQL_TYPE_DATETIME:
    case MYSQL_TYPE_TIMESTAMP:
      value.form = Form::datetime;
      value.moment = read_date(length.content, length.size);
      break;
    case MYSQL_TYPE_TIME:
      value.form = Form::span;
      value.moment = read_span(length.content, length.size);
      break;
    default: value.bytes = {reinterpret_cast<const char*>(length.content), length.size};
  }
  return value;
}

std::string moment_to_text(const Moment& moment, WireValue::Form form) {
  char text[64];
  if (form == WireValue::Form::date) {
    std::snprintf(text, sizeof text, "%04d-%02d-%02d", moment.year, moment.month, moment.day);
    return text;
  }
  const auto hours = static_cast<long long>(moment.hours);
  if (form == WireValue::Form::span) {
    std::snprintf(text, sizeof text, "%s%02lld:%02d:%02d", moment.is_negative ? "-" : "", hours, moment.minute, moment.second);
  } else {
    std::snprintf(text, sizeof text, "%04d-%02d-%02d %02lld:%02d:%02d", moment.year, moment.month, moment.day, hours, moment.minute,
                  moment.second);
  }
  return text + fraction_to_text(moment.micros);
}

int32_t days_of(const Moment& moment) {
  using namespace std::chrono;
  const year_month_day date{year{moment.year}, month{static_cast<unsigned>(moment.month)}, day{static_cast<unsigned>(moment.day)}};
  return static_cast<int32_t>(sys_days{date}.time_since_epoch().count());
}

int64_t micros_of(const Moment& moment, WireValue::Form form) {
  const int64_t clock = ((moment.hours * 60 + moment.minute) * 60 + moment.second) * 1'000'000 + moment.micros;
  if (form == WireValue::Form::span) return moment.is_negative ? -clock : clock;
  return int64_t{days_of(moment)} * 86'400'000'000 + clock;
}

}  // namespace sluice::mysql
