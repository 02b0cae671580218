#include "disposable/mark.hpp"

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "base/file.hpp"

namespace sluice::disposable {
namespace {

nlohmann::json json_from_process(const ProcessIdentity& process) {
  return {{"host", process.host}, {"boot_id", process.boot_id}, {"pid", process.pid}, {"pid_start", process.pid_start}};
}

ProcessIdentity process_from_json(const nlohmann::json& json) {
  return {json.at("host"), json.at("boot_id"), json.at("pid"), json.at("pid_start")};
}

}  // namespace

void to_json(nlohmann::json& json, const Mark& mark) {
  json = {
      {"format", 1},        {"kind", mark.kind}, {"created", mark.created}, {"owner", json_from_process(mark.owner)},
      {"keep", mark.keep},  {"port", mark.port}, {"tcp", mark.tcp},         {"durable", mark.durable},
      {"ready", mark.ready}};
  if (mark.run) json["run"] = {{"state", mark.run->state}, {"id", mark.run->run}};
  if (mark.server) json["server"] = json_from_process(*mark.server);
}

void from_json(const nlohmann::json& json, Mark& mark) {
  json.at("kind").get_to(mark.kind);
  json.at("created").get_to(mark.created);
  mark.owner = process_from_json(json.at("owner"));
  json.at("keep").get_to(mark.keep);
  json.at("port").get_to(mark.port);
  json.at("tcp").get_to(mark.tcp);
  json.at("durable").get_to(mark.durable);
  json.at("ready").get_to(mark.ready);
  mark.run.reset();
  if (json.contains("run")) mark.run = RunOwner{json["run"].at("state"), json["run"].at("id")};
  mark.server.reset();
  if (json.contains("server")) mark.server = process_from_json(json["server"]);
}

void write_mark(const std::string& directory, const Mark& mark) {
  write_file_atomically(directory + "/" + kMarkFile, nlohmann::json(mark).dump(2) + "\n");
}

std::optional<Mark> read_mark(const std::string& directory) {
  const std::string path = directory + "/" + kMarkFile;
  try {
    return nlohmann::json::parse(read_file(path)).get<Mark>();
  } catch (const nlohmann::json::exception& error) {
    throw Error(Code::data, path + ": is not the mark of a disposable: " + error.what(),
                "remove the directory by hand if nothing uses it");
  } catch (const Error& error) {
    if (error.code() == Code::not_found) return std::nullopt;
    throw;
  }
}

}  // namespace sluice::disposable
