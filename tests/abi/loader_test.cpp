#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/random.hpp"
#include "base/sha256.hpp"
#include "fixtures.hpp"

namespace {

using sluice::Code;
using sluice::Error;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// The message of the error that loading the fixture must fail with.
std::string refusal(const std::string& folder) {
  try {
    load_fixture(folder);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::unsupported) << error.what();
    return error.message();
  }
  ADD_FAILURE() << folder << " was loaded";
  return {};
}

}  // namespace

TEST(PluginLoader, LoadsAPluginInPlainC) {
  const auto plugin = load_fixture("numbers");
  EXPECT_STREQ(plugin->table().name, "numbers");
  EXPECT_EQ(plugin->table().roles, static_cast<uint32_t>(SLUICE_ROLE_SOURCE));
  EXPECT_EQ(plugin->table().load, nullptr);
}

TEST(PluginLoader, TakesTheKnownPartOfALaterMinorVersion) {
  const auto plugin = load_fixture("later_minor");
  EXPECT_EQ(plugin->table().abi_minor, 3u);
  EXPECT_NE(plugin->table().read, nullptr);
}

TEST(PluginLoader, NamesEveryMissingFunction) {
  EXPECT_THAT(refusal("wrong_missing"),
              AllOf(HasSubstr("every plugin needs"), HasSubstr("identity"), Not(HasSubstr("catalog"))));
}

TEST(PluginLoader, NamesTheRoleThatAShortTableCannotServe) {
  EXPECT_THAT(refusal("wrong_short"), AllOf(HasSubstr("stream_error"), Not(HasSubstr("session_open"))));
}

TEST(PluginLoader, RefusesATableShorterThanItsHead) { EXPECT_THAT(refusal("wrong_head"), HasSubstr("8 bytes")); }

TEST(PluginLoader, RefusesAnotherMajorVersion) {
  EXPECT_THAT(refusal("wrong_major"), AllOf(HasSubstr("ABI 7"), HasSubstr("speaks 1")));
}

TEST(PluginLoader, RecognisesTheEntryOfALaterMajorVersion) {
  EXPECT_THAT(refusal("wrong_entry"), AllOf(HasSubstr("ABI 2"), HasSubstr("speaks 1")));
}

TEST(PluginLoader, RefusesALibraryThatIsAnotherPlugin) { EXPECT_THAT(refusal("wrong_name"), HasSubstr("'letters'")); }

TEST(PluginLoader, RefusesRolesThatTheManifestDoesNotName) { EXPECT_THAT(refusal("wrong_roles"), HasSubstr("roles")); }

TEST(PluginLoader, RefusesAnEntryThatAnswersNothing) { EXPECT_THAT(refusal("wrong_nothing"), HasSubstr("nothing")); }

TEST(PluginLoader, RefusesALibraryThatIsNoPlugin) {
  const std::string folder = testing::TempDir() + "sluice_no_plugin_" + sluice::random_hex(6);
  sluice::make_private_directory(folder);
  const std::string text = "no library at all";
  sluice::store::Manifest manifest = fixture_manifest("numbers");
  manifest.path = folder + "/numbers.json";
  manifest.file = "text.so";
  manifest.sha256 = sluice::sha256_hex(text);
  sluice::write_file_atomically(manifest.path, "{}");
  sluice::write_file_atomically(folder + "/text.so", text);
  try {
    sluice::store::Plugin::load(manifest);
    ADD_FAILURE() << "was loaded";
  } catch (const Error& error) {
    EXPECT_THAT(error.message(), AllOf(HasSubstr("text.so"), HasSubstr("cannot load")));
  }
  std::filesystem::remove_all(folder);
}
