// lintel seal: sign a run. What is signed is a list of every row and every 4096 bytes of it (docs/sealing.md).
#include <algorithm>
#include <set>

#include "cli/commands.h"
#include "cli/interrupt.h"
#include "cli/run_findings.h"
#include "cli/signing.h"
#include "cli/version.h"
#include "crypto/digest.h"
#include "data/json.h"
#include "store/draft.h"
#include "store/run_file.h"
#include "store/seal_block.h"

namespace lintel::cli {
namespace {

namespace fs = std::filesystem;

// Whether the run is worth a seal.
Result<void> check_ready(const model::Run& run, const std::string& path) {
  std::set<std::string_view> finished;
  for (const auto& observation : run.observations)
    if (observation.status != model::Status::interrupted) finished.insert(observation.job.key);
  const auto unfinished = std::ranges::count_if(run.jobs, [&](const model::Job& job) { return !finished.contains(job.key); });
  if (!run.complete || unfinished > 0)
    return fail(ErrorCode::invalid_input, "{} was interrupted, {} of {} looks are not finished; `lintel scan {} --resume {}` does the rest", path, unfinished, run.jobs.size(),
                run.target.file.empty() ? "TARGET" : run.target.file, path);
  if (run.verdicts.clauses.empty()) return fail(ErrorCode::invalid_input, "{} is not judged; `lintel judge {} --write` first", path, path);
  if (const auto places = other_verdicts(run); !places.empty())
    return fail(ErrorCode::invalid_input, "{}: judging it again gives other verdicts ({} is {}, not {}); `lintel judge {} --write` first", path,
                places[0].en, places[0].found, places[0].expected, path);
  return {};
}

struct Made {
  store::Manifest manifest;
  std::optional<WallTime> stamped;
};

Result<Made> seal(const SealCommand& command, const SigningKey& key, const Clock& clock, const Cancel& cancel) {
  if (!command.break_seal && TRY(store::find_seal(command.run)))
    return fail(ErrorCode::refused, "{} is sealed and stays as it is; --break-seal replaces its seal", command.run);
  store::RunFile original = TRY(store::RunFile::open(command.run, store::Access::read));
  store::Draft draft = TRY(store::Draft::begin(command.run));
  const model::Run run = TRY(original.load());  // what the draft is of, else keep() refuses
  TRY(check_ready(run, command.run));
  const auto finish = [&]() -> Result<void> { return TRY(store::RunFile::open(draft.path(), store::Access::write)).finish(run.finished, run.complete); };
  TRY(finish());
  Made made;
  made.manifest.sealed = clock.now();
  made.manifest.tool = store::escape_key(kVersion);
  made.manifest.time_stamp = !command.signing.tsa.empty();
  made.manifest.signer = store::sha256_hex(key.certificate);
  for (const Bytes& other : key.others) made.manifest.certificates.push_back(store::sha256_hex(other));
  store::Seal seal;
  seal.database_bytes = fs::file_size(draft.path());
  made.manifest.content = TRY(store::database_lines(draft.path(), seal.database_bytes));
  const auto rows = [&]() -> Result<std::vector<std::string>> {  // closed again before the draft is kept
    store::RunFile file = TRY(store::RunFile::open(draft.path(), store::Access::read));
    return file.row_lines();
  };
  for (std::string& line : TRY(rows())) made.manifest.content.push_back(std::move(line));
  seal.manifest = store::write_manifest(made.manifest);
  auto signature = TRY(make_signature(key, as_bytes(seal.manifest), command.signing, clock, cancel));
  made.stamped = signature.stamped;
  seal.cms = std::move(signature.cms);
  TRY(store::append_seal(draft.path(), seal));
  TRY(draft.keep());
  return made;
}

}  // namespace

int run_command(const SealCommand& command, const Console& console) {
  const SystemClock clock;
  const InterruptGuard interrupt;
  const auto stop = [&](const Error& error) {
    print_error(error.message);
    return interrupt.cancel().requested() ? 130 : kUsageError;
  };
  const auto key = load_signing_key(command.signing, clock.now());
  if (!key) return stop(key.error());
  const auto made = seal(command, *key, clock, interrupt.cancel());
  if (!made) return stop(made.error());
  if (command.json) {
    Json json{{"lintel", "seal/1"}, {"run", command.run}, {"sealed", format_time(made->manifest.sealed)}, {"signer", {{"subject", key->parsed.subject}, {"sha256", key->parsed.sha256}}}};
    if (made->stamped) json["time_stamp"] = format_time(*made->stamped);
    fmt::print("{}\n", pretty_json(json));
  } else if (!console.quiet) {
    const std::string stamp = made->stamped ? choose(console, "，时间戳 ", ", time stamp ") + format_time(*made->stamped) : "";
    fmt::print("{}: {} {}, {}{}\n", command.run, choose(console, "已封存，签名者", "sealed by"), key->parsed.subject, format_time(made->manifest.sealed), stamp);
  }
  return 0;
}

}  // namespace lintel::cli
