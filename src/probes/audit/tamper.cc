#include "probes/audit/tamper.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"

namespace lintel::probes::audit {
namespace {

bool stands_in(const Trail& trail, const Json& record) { return std::ranges::find(trail.records, record) != trail.records.end(); }

struct Subject {
  const Json& record;
  const Trail& before;
};

// An export that shows only the latest so many records loses old ones by itself.
bool may_have_moved_on(const Subject& subject, const Trail& now) {
  const auto gone = [&](const Json& record) { return !stands_in(now, record); };
  return now.records.size() >= subject.before.records.size() && (gone(subject.before.records.front()) || gone(subject.before.records.back()));
}

// Answers that say "you may not" or "this can't be done here". 404 is none: the declared address may be wrong.
bool turned_away(long status) { return status == 401 || status == 403 || status == 405 || status == 501; }

Result<net::HttpRequest> request_for(Scene& scene, flow::Client& client, const std::string& method, const Json& record) {
  flow::Variables of_record;
  for (const auto& [name, value] : record.items())
    if (!value.is_structured()) of_record[name] = flow::scalar_text(value);
  auto request = TRY(client.prepare(*scene.call));  // for the headers that carry the session
  request.method = method;
  request.url = scene.wire.application().url + TRY(flow::fill(text_or(scene.audit, "record"), of_record));
  request.body.clear();
  if (method == "DELETE") return request;
  Json changed = record;
  if (Json* result = changed.is_object() && scene.layout.result.size() > 1 ? &changed[scene.layout.result.substr(1)] : nullptr) *result = "changed by a test";
  request.body = dump_json(changed);
  std::erase_if(request.headers, [](const auto& header) { return to_lower(header.first) == "content-type"; });
  request.headers.emplace_back("Content-Type", "application/json");
  return request;
}

// Looks whether the record stands; the export is kept as the last one.
std::string looked_up(Scene& scene, const Subject& subject, Tampered& tampered) {
  auto trail = fetch(scene);
  if (!trail) {
    scene.notes.push_back(fmt::format("records after an attempt: {}", trail.error().message));
    return "unknown";
  }
  tampered.last = *std::move(trail);
  if (stands_in(*tampered.last, subject.record)) return "yes";
  return may_have_moved_on(subject, *tampered.last) ? "unknown" : "no";
}

Result<Tampering> attempt(Scene& scene, const std::string& account, const std::string& method, const Subject& subject, Tampered& tampered) {
  auto client = TRY(sign_in(scene, account));
  const auto request = TRY(request_for(scene, client, method, subject.record));
  Tampering tampering{account, method, 0, "unknown"};
  const auto sent = client.send(request, scene.call->step);
  if (sent) tampering.status = sent->response.status;
  if (turned_away(tampering.status)) tampering.refused = "yes";
  else if (looked_up(scene, subject, tampered) == "no") tampering.refused = "no";
  return tampering;
}

}  // namespace

Result<Tampered> tamper(Scene& scene, const Json& record, const Trail& before) {
  const Subject subject{record, before};
  Tampered tampered;
  std::vector<std::string> accounts = {scene.call->as.front()};
  for (const char* name : {"admin", "owner"})
    if (scene.wire.application().accounts.contains(name) && accounts.front() != name) accounts.emplace_back(name);
  for (const std::string& account : accounts) {
    for (const char* method : {"PUT", "PATCH", "DELETE"}) {
      const auto one = attempt(scene, account, method, subject, tampered);
      if (!one && one.error().code != ErrorCode::protocol && one.error().code != ErrorCode::invalid_input) return tl::unexpected(one.error());
      if (!one) scene.notes.push_back(fmt::format("{} as {}: {}", method, account, one.error().message));
      tampered.attempts.push_back(one ? *one : Tampering{account, method, 0, "unknown"});
      if (one && one->refused == "no") {
        tampered.kept = "no";
        return tampered;
      }
    }
  }
  tampered.kept = looked_up(scene, subject, tampered);
  // Refusing words are worth nothing without the record.
  if (tampered.kept != "yes")
    for (Tampering& one : tampered.attempts)
      if (one.refused == "yes") one.refused = "unknown";
  return tampered;
}

}  // namespace lintel::probes::audit
