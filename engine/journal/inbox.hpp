#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace sluice::journal {

enum class MessageKind { cancel = 1, note };

/// A word from another process to a run's engine.
struct InboxMessage {
  MessageKind kind = MessageKind::note;
  std::string text;     ///< the reason of a cancel, the words of a note
  std::string from;     ///< "user@host, process 4711"
  int64_t time_us = 0;  ///< when it was sent, calendar time
  std::string file;     ///< its name in the inbox
};

/// A run's inbox: a folder into which other processes put one JSON file per message, {"kind": "cancel", "reason": TEXT}
/// or
/// {"kind": "note", "text": TEXT}, with "from" and "time_us"; each is written under another name and renamed, so that a
/// half written one is never seen. The engine reads, journals, then removes: a message met twice was journalled before
/// a kill.
class Inbox {
 public:
  explicit Inbox(std::string path) : path_(std::move(path)) {}

  /// Puts a message down durably. Throws Error(not_found) when there is no such run.
  void send(MessageKind kind, const std::string& text) const;

  /// What is there, in the order of sending. A file that is no message is set aside under "refused-NAME" and comes as a
  /// note that says why, so that it is seen. Empty when nothing is there; costs one directory scan.
  std::vector<InboxMessage> pending() const;
  /// After the messages have been journalled.
  void remove(const std::vector<InboxMessage>& messages) const;
  /// pending and remove in one, for messages that may be lost with the process that takes them.
  std::vector<InboxMessage> take() const;

 private:
  InboxMessage read(const std::string& name) const;
  InboxMessage refuse(const std::string& name, const std::string& why) const;

  std::string path_;
};

}  // namespace sluice::journal
