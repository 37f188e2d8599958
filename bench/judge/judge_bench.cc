// Loads a large profile, or judges and renders a run of many devices, once; prints what it took as one line of JSON.
//   judge_bench probes                     names of the probes in this program
//   judge_bench load FOLDER                FOLDER: made by generate.py
//   judge_bench judge FOLDER DEVICES OUT   writes OUT/run.json and OUT/run.html
#include <fmt/format.h>
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>

#include "base/files.h"
#include "base/text.h"
#include "probe/probe.h"
#include "recorded_run.h"
#include "report/html.h"
#include "report/json.h"
#include "rules/judge.h"
#include "rules/loader.h"

namespace lintel::bench {
namespace {

struct Moment {
  std::chrono::steady_clock::time_point wall = std::chrono::steady_clock::now();
  double cpu = [] {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6; };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
  }();
};

double wall_between(const Moment& from, const Moment& to) { return std::chrono::duration<double>(to.wall - from.wall).count(); }

// Highest resident size so far, of this program alone: ru_maxrss would also know the one that started it.
std::size_t peak_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return static_cast<std::size_t>(std::strtoul(line.c_str() + 6, nullptr, 10));
  return 0;
}

rules::ProbeCatalog catalog() {
  rules::ProbeCatalog all;
  for (const auto& each : probe::all_probes()) all.names.emplace_back(each.name);
  all.find = [](std::string_view name) -> std::optional<rules::ProbeSchemas> {
    const probe::RegisteredProbe* found = probe::find_probe(name);
    if (found == nullptr) return std::nullopt;
    return rules::ProbeSchemas{found->facts_schema, found->params_schema, found->probe->takes};
  };
  return all;
}

Result<rules::LoadedProfile> load(const std::filesystem::path& folder) {
  rules::LoadedProfile loaded = rules::load_profile(folder / "profile", catalog());
  if (!loaded.diagnostics.empty()) return fail(ErrorCode::invalid_input, "{}", to_string(loaded.diagnostics.front()));
  return loaded;
}

Result<void> bench_load(const std::filesystem::path& folder) {
  const Moment before;
  const rules::LoadedProfile loaded = TRY(load(folder));
  const Moment after;
  fmt::print("{}\n", dump_json(Json{{"clauses", loaded.profile.clauses.size()},
                                    {"checks", loaded.checks.size()},
                                    {"seconds", wall_between(before, after)},
                                    {"cpu_seconds", after.cpu - before.cpu},
                                    {"peak_kib", peak_kib()}}));
  return {};
}

// The pieces of a report as a file; the number of bytes.
template <class Produce>
Result<std::size_t> write_pieces(const std::filesystem::path& path, Produce produce) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "wb"), &std::fclose);
  if (!file) return fail(ErrorCode::io, "can't write {}", path.string());
  std::size_t size = 0;
  TRY(produce([&](std::string_view piece) -> Result<void> {
    size += piece.size();
    if (std::fwrite(piece.data(), 1, piece.size(), file.get()) != piece.size()) return fail(ErrorCode::io, "can't write {}", path.string());
    return {};
  }));
  return size;
}

Result<void> bench_judge(const std::filesystem::path& folder, std::size_t devices, const std::filesystem::path& out) {
  rules::LoadedProfile profile = TRY(load(folder));
  model::Run run = TRY(make_run(std::move(profile), folder / "recorded.json", devices));
  std::map<std::string, Json, std::less<>> schemas;
  for (const auto& each : probe::all_probes()) schemas.emplace(each.name, TRY(parse_json(each.facts_schema)));
  const std::size_t before_kib = peak_kib();

  const Moment start;
  run.verdicts = rules::judge(run, run.finished, [&](std::string_view name) {
    const auto found = schemas.find(name);
    return found == schemas.end() ? nullptr : &found->second;
  });
  const Moment judged;
  const std::size_t judged_kib = peak_kib();
  const std::size_t json_bytes = TRY(write_pieces(out / "run.json", [&](const auto& write) { return report::write_json(run, write); }));
  const Moment exported;
  const std::size_t html_bytes =
      TRY(write_pieces(out / "run.html", [&](const auto& write) { return report::write_html(run, report::no_evidence, write); }));
  const Moment done;

  std::map<std::string, std::size_t> instances;
  for (const auto& clause : run.verdicts.clauses)
    for (const auto& asset : clause.assets)
      for (const auto& check : asset.checks)
        for (const auto& instance : check.instances) ++instances[std::string(name_of(instance.verdict))];
  fmt::print("{}\n", dump_json(Json{{"clauses", run.profile.clauses.size()},
                                    {"devices", devices},
                                    {"instances", instances},
                                    {"seconds", wall_between(start, done)},
                                    {"cpu_seconds", done.cpu - start.cpu},
                                    {"judge_seconds", wall_between(start, judged)},
                                    {"json_seconds", wall_between(judged, exported)},
                                    {"html_seconds", wall_between(exported, done)},
                                    {"json_bytes", json_bytes},
                                    {"html_bytes", html_bytes},
                                    {"before_kib", before_kib},
                                    {"judged_kib", judged_kib},
                                    {"peak_kib", peak_kib()}}));
  return {};
}

Result<void> run_command(int count, char** arguments) {
  const std::string_view command = count > 1 ? arguments[1] : "";
  if (command == "probes") {
    for (const auto& each : probe::all_probes()) fmt::print("{}\n", each.name);
    return {};
  }
  if (command == "load" && count == 3) return bench_load(arguments[2]);
  if (command == "judge" && count == 5)
    if (const auto devices = parse_unsigned<std::size_t>(arguments[3])) return bench_judge(arguments[2], *devices, arguments[4]);
  return fail(ErrorCode::invalid_input, "usage: judge_bench probes | load FOLDER | judge FOLDER DEVICES OUT");
}

}  // namespace
}  // namespace lintel::bench

int main(int count, char** arguments) {
  const auto done = lintel::bench::run_command(count, arguments);
  if (done) return 0;
  fmt::print(stderr, "judge_bench: {}\n", done.error().message);
  return 1;
}
