// lintel random judge: what a file of identifiers proves.
#include "base/files.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/ids_page.h"
#include "cli/interrupt.h"
#include "cli/json_output.h"
#include "cli/outputs.h"
#include "data/json.h"
#include "random/tokens/judge.h"

namespace lintel::cli {

int run_command(const RandomJudgeCommand& command, const Console& console) {
  const auto text = read_file(command.file, random::tokens::kMostSampleBytes);
  if (!text) {
    print_error(text.error().message);
    return kUsageError;
  }
  const auto sample = random::tokens::parse_sample(*text);
  if (!sample) {
    print_error(fmt::format("{}: {}", printable(command.file), sample.error().message));
    return kUsageError;
  }
  const InterruptGuard interrupt;
  const auto depth = command.depth == "deep" ? random::tokens::Depth::deep : random::tokens::Depth::quick;
  const auto judgement = random::tokens::judge(*sample, {depth, &interrupt.cancel()});
  if (interrupt.cancel().requested()) return 130;
  const bool refuted = judgement.verdict == random::tokens::Verdict::refuted, undecided = judgement.verdict == random::tokens::Verdict::undecided;
  if (console.json) {
    Json json = to_json(judgement);
    json["lintel"] = "identifiers/1";
    json["file"] = printable(command.file);
    json["identifiers"] = sample->size();
    print_json(json);
  } else if (!deliver(ids_page(judgement, command.file, terminal_options(console)), "", console)) {
    return kUsageError;
  }
  return refuted ? 1 : undecided ? 3 : 0;
}

}  // namespace lintel::cli
