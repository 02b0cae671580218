#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/error.hpp"
#include "base/random.hpp"
#include "fixtures.hpp"

namespace {

namespace fs = std::filesystem;
using sluice::Code;
using sluice::Error;
using sluice::store::Manifest;
using sluice::store::Plugin;
using testing::AllOf;
using testing::HasSubstr;

/// A copy of the fixture plugin in a folder of its own, to be spoiled.
class PluginTrust : public testing::Test {
 protected:
  void SetUp() override {
    outer_ = testing::TempDir() + "sluice_trust_" + sluice::random_hex(6);
    folder_ = outer_ + "/plugins";
    make_folder(outer_);
    make_folder(folder_);
    const Manifest original = fixture_manifest("numbers");
    const fs::path from = fs::path(original.path).parent_path();
    fs::copy_file(from / original.file, library());
    fs::copy_file(original.path, folder_ + "/numbers.json");
    chmod(library().c_str(), 0755);
    chmod((folder_ + "/numbers.json").c_str(), 0644);
  }
  void TearDown() override { fs::remove_all(outer_); }

  static void make_folder(const std::string& path) {
    fs::create_directory(path);
    chmod(path.c_str(), 0755);
  }
  std::string library() const { return folder_ + "/numbers.so"; }
  Manifest manifest() const { return sluice::store::read_manifest(folder_ + "/numbers.json"); }

  std::string refusal() const {
    try {
      Plugin::load(manifest());
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::permission) << error.what();
      return error.message();
    }
    ADD_FAILURE() << "was loaded";
    return {};
  }

  std::string outer_;
  std::string folder_;
};

}  // namespace

TEST_F(PluginTrust, LoadsWhatOnlyItsOwnerCanChange) { EXPECT_NO_THROW(Plugin::load(manifest())); }

TEST_F(PluginTrust, RefusesALibraryThatTheGroupMayWrite) {
  chmod(library().c_str(), 0775);
  EXPECT_THAT(refusal(), AllOf(HasSubstr("numbers.so"), HasSubstr("other users may write")));
}

TEST_F(PluginTrust, RefusesALibraryThatEveryoneMayWrite) {
  chmod(library().c_str(), 0757);
  EXPECT_THAT(refusal(), HasSubstr("numbers.so"));
}

TEST_F(PluginTrust, RefusesAManifestThatOthersMayWrite) {
  chmod((folder_ + "/numbers.json").c_str(), 0666);
  EXPECT_THAT(refusal(), HasSubstr("numbers.json"));
}

TEST_F(PluginTrust, RefusesADirectoryThatOthersMayWrite) {
  chmod(folder_.c_str(), 0777);
  EXPECT_THAT(refusal(), AllOf(HasSubstr("plugins"), HasSubstr("other users may write")));
}

TEST_F(PluginTrust, RefusesAStickyDirectoryToo) {
  chmod(folder_.c_str(), 01777);
  EXPECT_THAT(refusal(), HasSubstr("other users may write"));
}

TEST_F(PluginTrust, RefusesADirectoryInsideOneThatIsOpenToEveryone) {
  chmod(outer_.c_str(), 0777);
  EXPECT_THAT(refusal(), HasSubstr("open to everyone"));
  chmod(outer_.c_str(), 01777);
  EXPECT_NO_THROW(Plugin::load(manifest()));
}

TEST_F(PluginTrust, RefusesALibraryThatIsNotTheManifestsOne) {
  std::ofstream(library(), std::ios::app) << "x";
  EXPECT_THAT(refusal(), AllOf(HasSubstr("sha256 is "), HasSubstr("numbers.json says")));
}

TEST_F(PluginTrust, ChecksWhereASymbolicLinkLeads) {
  const std::string elsewhere = outer_ + "/elsewhere";
  make_folder(elsewhere);
  fs::rename(library(), elsewhere + "/real.so");
  fs::create_symlink(elsewhere + "/real.so", library());
  EXPECT_NO_THROW(Plugin::load(manifest()));
  chmod(elsewhere.c_str(), 0777);
  EXPECT_THAT(refusal(), HasSubstr("elsewhere"));
}

TEST_F(PluginTrust, RefusesALibraryOfAnotherUser) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
  ASSERT_EQ(chown(library().c_str(), 12345, 12345), 0);
  EXPECT_THAT(refusal(), HasSubstr("belongs to user 12345"));
}

TEST_F(PluginTrust, SaysWhichLibraryIsMissing) {
  fs::remove(library());
  try {
    Plugin::load(manifest());
    FAIL() << "was loaded";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::not_found);
    EXPECT_THAT(error.message(), HasSubstr("numbers.so"));
  }
}
