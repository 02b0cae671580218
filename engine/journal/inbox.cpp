#include "journal/inbox.hpp"

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <system_error>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/process.hpp"
#include "base/random.hpp"
#include "base/system_error.hpp"

namespace sluice::journal {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr size_t kLargestMessage = 65536;

int64_t now_us() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

std::string sender() {
  const passwd* user = ::getpwuid(::geteuid());
  const ProcessIdentity process = this_process();
  const std::string name = user ? user->pw_name : std::to_string(::geteuid());
  return name + "@" + process.host + ", process " + std::to_string(process.pid);
}

/// Names sort by the time of sending: 20 digits of microseconds.
std::string new_name(int64_t time_us) {
  const std::string digits = std::to_string(time_us);
  return std::string(20 - std::min<size_t>(20, digits.size()), '0') + digits + "-" + random_hex(4) + ".json";
}

bool is_message_name(const std::string& name) {
  return name.front() != '.' && name.rfind("refused-", 0) != 0 && fs::path(name).extension() == ".json";
}

/// A regular file only, and not more of it than a message may have: anything else could stop the engine.
std::string read_message_file(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file.is_open()) throw error_from_errno(errno, "cannot open");
  struct stat status = {};
  if (::fstat(file.get(), &status) != 0) throw error_from_errno(errno, "cannot read");
  if (!S_ISREG(status.st_mode)) throw Error(Code::data, "not a regular file");
  std::string text(kLargestMessage + 1, '\0');
  const ssize_t size = ::pread(file.get(), text.data(), text.size(), 0);
  if (size < 0) throw error_from_errno(errno, "cannot read");
  if (static_cast<size_t>(size) > kLargestMessage) throw Error(Code::data, "larger than 64 KiB");
  text.resize(static_cast<size_t>(size));
  return text;
}

MessageKind kind_from_text(const std::string& text) {
  if (text == "cancel") return MessageKind::cancel;
  if (text == "note") return MessageKind::note;
  throw Error(Code::data, "kind \"" + text + "\", expected cancel or note");
}

InboxMessage message_from_json(const Json& json) {
  InboxMessage message;
  message.kind = kind_from_text(json.at("kind").get<std::string>());
  message.text = json.at(message.kind == MessageKind::cancel ? "reason" : "text").get<std::string>();
  message.from = json.value("from", "");
  message.time_us = json.value("time_us", int64_t{0});
  return message;
}

}  // namespace

void Inbox::send(MessageKind kind, const std::string& text) const {
  const bool is_cancel = kind == MessageKind::cancel;
  const int64_t time_us = now_us();
  const Json json = {{"kind", is_cancel ? "cancel" : "note"},
                     {is_cancel ? "reason" : "text", text},
                     {"from", sender()},
                     {"time_us", time_us}};
  const std::string bytes = json.dump(-1, ' ', false, Json::error_handler_t::replace);
  if (bytes.size() > kLargestMessage) {
    throw Error(Code::invalid_argument,
                "the message has " + std::to_string(bytes.size()) + " bytes, at most 65536 are taken");
  }
  write_file_atomically(path_ + "/" + new_name(time_us), bytes);
}

std::vector<InboxMessage> Inbox::pending() const {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(path_, error), end; !error && entry != end; entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (is_message_name(name)) names.push_back(name);
  }
  if (error) throw error_from_errno(error.value(), path_ + ": cannot look into the inbox");
  std::sort(names.begin(), names.end());
  std::vector<InboxMessage> messages;
  messages.reserve(names.size());
  for (const std::string& name : names) messages.push_back(read(name));
  return messages;
}

InboxMessage Inbox::read(const std::string& name) const {
  try {
    InboxMessage message = message_from_json(Json::parse(read_message_file(path_ + "/" + name)));
    message.file = name;
    return message;
  } catch (const Json::exception& error) {
    return refuse(name, error.what());
  } catch (const Error& error) {
    return refuse(name, error.what());
  }
}

InboxMessage Inbox::refuse(const std::string& name, const std::string& why) const {
  const std::string aside = "refused-" + name;
  if (std::rename((path_ + "/" + name).c_str(), (path_ + "/" + aside).c_str()) != 0) {
    throw error_from_errno(errno, path_ + "/" + name + ": cannot set it aside");
  }
  InboxMessage message;
  message.text = "inbox: " + name + " is no message (" + why + "); it lies aside as " + aside;
  message.from = "sluice";
  message.time_us = now_us();
  return message;
}

void Inbox::remove(const std::vector<InboxMessage>& messages) const {
  for (const InboxMessage& message : messages) {
    if (message.file.empty()) continue;
    const std::string path = path_ + "/" + message.file;
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) throw error_from_errno(errno, path + ": cannot remove");
  }
}

std::vector<InboxMessage> Inbox::take() const {
  std::vector<InboxMessage> messages = pending();
  remove(messages);
  return messages;
}

}  // namespace sluice::journal
