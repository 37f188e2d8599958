#include "probes/web_input/attacks.h"

#include <fmt/format.h>

#include <random>

namespace lintel::probes::web_input {

std::vector<Attack> attacks_for(const flow::Application& application, const flow::Call& call, Look look, std::size_t long_value) {
  if (call.erases || call.as.empty()) return {};
  switch (look) {
    case Look::malformed: return malformed(application, call, long_value);
    case Look::markers: return markers(call);
    case Look::traversal: return traversals(call);
    case Look::upload: return uploads(call);
  }
  return {};
}

std::optional<Look> look_named(std::string_view name) {
  constexpr std::pair<std::string_view, Look> kNames[] = {
      {"malformed", Look::malformed}, {"markers", Look::markers}, {"traversal", Look::traversal}, {"upload", Look::upload}};
  for (const auto& [known, look] : kNames)
    if (known == name) return look;
  return std::nullopt;
}

std::string fresh_word() {
  std::random_device source;
  return fmt::format("lq{:08x}", static_cast<std::uint32_t>(source()));
}

Product fresh_product() {
  std::random_device source;
  const std::uint64_t left = 10'007 + source() % 89'000, right = 10'009 + source() % 89'000;
  return {fmt::format("{}*{}", left, right), std::to_string(left * right)};
}

}  // namespace lintel::probes::web_input
