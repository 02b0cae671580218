#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>

#include <string>
#include <vector>

#include "base/error.hpp"
#include "journal/journal.hpp"
#include "journal_support.hpp"

namespace sluice::journal {
namespace {

constexpr int kNoMounts = 77;

/// What became of a run on a disk of 4 MiB: 0 as wanted, else which expectation failed.
int fill_the_disk(const std::string& directory) {
  if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return kNoMounts;
  if (::mount("tmpfs", directory.c_str(), "tmpfs", 0, "size=4m") != 0) return kNoMounts;
  const std::string path = directory + "/journal.db";
  const auto journal = open_journal(path);
  const std::string data = "{\"text\":\"" + std::string(20000, 'x') + "\"}";
  int64_t appended = 0;
  try {
    for (; appended < 10000; ++appended) append_one(*journal, make_event("note", "", data));
    return 1;
  } catch (const Error& error) {
    if (std::string(error.what()).find("the disk is full") == std::string::npos) return 2;
  }
  try {
    append_one(*journal, make_event("note"));
    return 3;
  } catch (const Error&) {
  }
  append_one(*journal, make_event("run_ended"));
  const std::vector<Event> events = read_journal(path)->events(1);
  if (events.size() != static_cast<size_t>(appended) + 1 || events.back().kind != "run_ended") return 4;
  verify_chain(*journal);
  return appended > 50 ? 0 : 5;
}

TEST(JournalFullDisk, WritesTheEndOfTheRunFromTheReserveAndNothingElse) {
  const TestDirectory directory;

  const int status = run_in_child([&] { return fill_the_disk(directory.path()); });

  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == kNoMounts) GTEST_SKIP() << "may not mount a tmpfs here";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace sluice::journal
