#include "outline.hpp"

#include <string_view>

#include "base/error.hpp"
#include "strings.hpp"

namespace sluice::json {

namespace {

/// So much of a file is looked at to tell its shape.
constexpr size_t kLook = size_t{1} << 20;

void fill(Window& window, size_t bytes) {
  while (window.view().size() < bytes && window.refill()) {
  }
}

bool begins_with(std::string_view text, std::string_view head) { return text.substr(0, head.size()) == head; }

void refuse_encoding(const Window& window, const char* encoding) {
  window.fail(window.offset(), std::string("the file is ") + encoding + ", JSON is UTF-8",
              "convert it: iconv -f " + std::string(encoding) + " -t UTF-8");
}

/// Skips the mark that some editors write before UTF-8.
void check_encoding(Window& window) {
  fill(window, 4);
  using namespace std::string_view_literals;
  const std::string_view head = window.view();
  if (begins_with(head, "\xEF\xBB\xBF"sv)) return window.skip(3);
  if (begins_with(head, "\xFF\xFE\0\0"sv) || begins_with(head, "\0\0\xFE\xFF"sv)) refuse_encoding(window, "UTF-32");
  if (begins_with(head, "\xFF\xFE"sv) || begins_with(head, "\xFE\xFF"sv)) refuse_encoding(window, "UTF-16");
  if (head.size() < 4) return;
  if (head[0] == '\0' || head[1] == '\0')
    refuse_encoding(window, head[0] == '\0' && head[1] == '\0' ? "UTF-32BE"
                            : head[0] == '\0'                  ? "UTF-16BE"
                            : head[2] == '\0'                  ? "UTF-32LE"
                                                               : "UTF-16LE");
}

class Outline {
 public:
  Outline(Walker& walker, const Settings& settings, const OutlineSink& sink)
      : walker_(walker), settings_(settings), sink_(sink) {}

  void read() {
    check_encoding(walker_.window());
    for (const std::string& token : settings_.record) enter(token);
    read_records();
    walker_.skip_containers(open_);
    if (walker_.peek() != -1) walker_.refuse("the end of the file after its value");
  }

 private:
  /// Steps into the value that one token of the pointer names.
  void enter(const std::string& token) {
    const int first = walker_.peek();
    if (first != '{' && first != '[')
      walker_.refuse("an object or array to look for '" + token + "' of the option record in");
    walker_.window().skip(1);
    ++open_;
    const char close = first == '{' ? '}' : ']';
    for (int64_t index = 0; walker_.peek() != static_cast<unsigned char>(close); ++index) {
      if (index > 0) walker_.expect(',', "between members");
      const std::string name = first == '{' ? take_key() : std::to_string(index);
      if (name == token) return;
      walker_.skip_value();
    }
    walker_.window().fail(walker_.offset(),
                          "there is no '" + token + "' in what closes here, which the option record names",
                          "check the pointer");
  }

  std::string take_key() {
    std::string key = walker_.take_string("a key");
    walker_.expect(':', "after a key");
    return key;
  }

  void read_records() {
    const int first = walker_.peek();
    const Shape shape = settings_.shape == Shape::automatic ? detect(first) : settings_.shape;
    if (shape == Shape::array) return read_container('[', Layout::array);
    if (shape == Shape::object) return read_container('{', Layout::object);
    if (shape == Shape::tables) return read_tables();
    sink_.segment("", open_ > 0 ? Layout::single : Layout::lines, walker_.offset());
  }

  Shape detect(int first) {
    if (first == '[') return Shape::array;
    if (first != '{') return Shape::lines;
    const std::string& path = walker_.window().path();
    const auto is_named = [&](const std::string& end) { return path.ends_with(end) || path.ends_with(end + ".gz"); };
    const bool is_named_lines = is_named(".jsonl") || is_named(".ndjson");
    if (is_named_lines && open_ == 0) return Shape::lines;
    fill(walker_.window(), kLook);
    const std::string_view view = walker_.window().view();
    const Extent file = view.size() < kLook ? Extent::whole : Extent::part;
    return judge_object(view.substr(0, kLook), open_ > 0 ? Extent::enclosed : file);
  }

  void read_container(char open, Layout layout) {
    walker_.expect(open, std::string("at the begin of what holds the records (shape ") +
                             (layout == Layout::array ? "array" : "object") + ")");
    sink_.segment("", layout, walker_.offset());
  }

  void read_tables() {
    walker_.expect('{', "at the begin of an object of tables (shape tables)");
    for (bool is_first = true; walker_.peek() != '}'; is_first = false) {
      if (!is_first) walker_.expect(',', "or '}' after a table");
      const std::string name = take_key();
      if (walker_.peek() == '[') {
        walker_.window().skip(1);
        sink_.segment(name, Layout::array, walker_.offset());
      } else {
        sink_.note(walker_.window().path() + ", byte " + std::to_string(walker_.offset()) + ": '" + name +
                   "' is no array of records, left out");
        walker_.skip_value();
      }
    }
    walker_.window().skip(1);
  }

  Walker& walker_;
  const Settings& settings_;
  const OutlineSink& sink_;
  int open_ = 0;
};

}  // namespace

void outline_file(Walker& walker, const Settings& settings, const OutlineSink& sink) {
  Outline(walker, settings, sink).read();
}

}  // namespace sluice::json
