// The firmware_contents probe: what an image holds. A child process without rights reads it; sends nothing, writes nothing.
#include <algorithm>

#include "data/json.h"
#include "firmware/child/ask.h"
#include "probe/context.h"
#include "probe/probe.h"
#include "probes/firmware_contents/contents.h"

namespace lintel::probes::firmware_contents {
namespace {

constexpr std::int64_t kToFinish = 15;  // seconds that the child and the facts may take after the reading

void run(probe::Context& context, model::Observation& observation) {
  const auto stop = [&](model::Status status, std::string message) {
    observation.status = status;
    observation.message = std::move(message);
  };
  const std::string image = text_or(context.item().data, "image");
  if (image.empty()) return stop(model::Status::not_declared, "no image is declared");
  const auto path = context.file_path(image);
  if (!path) return stop(probe::status_of(path.error()), fmt::format("image {}: {}", image, path.error().message));
  const std::int64_t left = context.deadline().left() / std::chrono::seconds(1) - kToFinish;
  lintel::firmware::Question question;
  question.what = lintel::firmware::What::survey;
  question.seconds = static_cast<std::uint32_t>(std::clamp<std::int64_t>(std::min(integer_or(context.params(), "seconds", 300), left), 1, 3600));
  const auto answer = lintel::firmware::ask(path->string(), question, context.cancel(), [](const lintel::firmware::ReadSoFar&) {});
  if (!answer) return stop(probe::status_of(answer.error()), answer.error().message);
  observation.facts = facts_of(*answer);
  std::vector<std::string> about;
  for (const auto& [name, value] : observation.facts.items()) about.push_back(name);
  context.keep_evidence("contents.json", "application/json", as_bytes(dump_json(observation.facts)), about);
  for (const std::string& cap : answer->hit) observation.notes.push_back(fmt::format("reading the image ended early, at a cap: {}", cap));
}

}  // namespace

extern const probe::Probe probe;
const probe::Probe probe{
    .title_zh = "固件镜像的内容",
    .title_en = "What a firmware image holds",
    .version = "1",
    .takes = model::ItemKind::firmware,
    .cost = probe::Cost::cpu,
    .privilege = probe::Privilege::none,
    .intrusive = probe::Intrusive::no,
    .run = run,
};

}  // namespace lintel::probes::firmware_contents
