#include "memory.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <string>

namespace sluice::bench {
namespace {

std::int64_t anonymous_memory(int pid) {
  std::ifstream status("/proc/" + std::to_string(pid) + "/status");
  constexpr const char* kField = "RssAnon:";
  for (std::string line; std::getline(status, line);) {
    if (line.rfind(kField, 0) == 0) return std::stoll(line.substr(std::char_traits<char>::length(kField))) * 1024;
  }
  return 0;
}

}  // namespace

MemoryWatch::MemoryWatch(int pid) : thread_([this, pid] { watch(pid); }) {}

MemoryWatch::~MemoryWatch() {
  stopped_ = true;
  thread_.join();
}

void MemoryWatch::watch(int pid) {
  while (!stopped_) {
    peak_ = std::max(peak_.load(), anonymous_memory(pid));
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

}  // namespace sluice::bench
