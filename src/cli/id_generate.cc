// lintel id generate: new identities of one product, random values from OpenSSL's generator, none used before.
#include <algorithm>
#include <bit>
#include <cstring>
#include <iterator>
#include <utility>

#include "base/files.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/id_text.h"
#include "cli/json_output.h"
#include "crypto/random.h"
#include "data/json.h"
#include "probes/identity/list.h"

namespace lintel::cli {
namespace {

using Values = std::vector<std::uint32_t>;

// With more, one guess in 64 meets a device.
constexpr std::size_t kMostOfProduct = std::size_t{1} << 26;

Result<Values> draw_values(std::size_t count) {
  Values values(count);
  TRY(crypto::fill_random({reinterpret_cast<std::uint8_t*>(values.data()), values.size() * sizeof(std::uint32_t)}));
  return values;
}

// The random values that a list has for this product, whatever the extension.
Result<Values> values_in(const std::string& path, const std::string& upper) {
  probes::identity::ListReader reader;
  TRY(for_each_chunk(path, [&](ByteView piece) { return reader.feed(piece); }));
  const auto list = TRY(reader.finish());
  // What could not be read may be the very value that comes out again.
  if (!list.malformed.empty()) return fail(ErrorCode::invalid_input, "line {} is no identity: {}", list.malformed[0].line, list.malformed[0].value);
  Values values;
  for (const model::DeviceId& id : list.ids)
    if (model::to_text(id).starts_with(upper)) values.push_back(model::random_of(id));
  return values;
}

// `count` different values that are not in `taken` (sorted), in random order.
Result<Values> fresh_values(std::size_t count, const Values& taken) {
  Values values;
  while (values.size() < count) {
    const Values more = TRY(draw_values(count - values.size()));
    values.insert(values.end(), more.begin(), more.end());
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    Values fresh;
    std::set_difference(values.begin(), values.end(), taken.begin(), taken.end(), std::back_inserter(fresh));
    values = std::move(fresh);
  }
  // They are sorted now, and neighbours in the list must not be neighbours in value: shuffled, each place drawn without bias.
  Values draws;
  for (std::size_t left = values.size(); left > 1; --left) {
    const std::uint32_t mask = static_cast<std::uint32_t>(std::bit_ceil(left) - 1);
    std::size_t place = left;
    while (place >= left) {
      if (draws.empty()) draws = TRY(draw_values(4096));
      place = draws.back() & mask;
      draws.pop_back();
    }
    std::swap(values[left - 1], values[place]);
  }
  return values;
}

Result<void> print_new_ids(const IdGenerateCommand& command, const Console& console) {
  const std::string upper = "01" + TRY(id_code("--vendor", command.vendor, 6)) + TRY(id_code("--product", command.product, 6));
  const std::string extension = TRY(id_code("--extension", command.extension, 2));
  Values taken;
  for (const std::string& path : command.avoid) {
    const auto values = values_in(path, upper);
    if (!values) return add_context(values.error(), path);
    taken.insert(taken.end(), values->begin(), values->end());
  }
  std::sort(taken.begin(), taken.end());
  taken.erase(std::unique(taken.begin(), taken.end()), taken.end());
  if (taken.size() + command.count > kMostOfProduct)
    return fail(ErrorCode::limit, "{} identities of one product are too many: one guess in 64 would meet a device; take a new product code", taken.size() + command.count);
  const Values values = TRY(fresh_values(command.count, taken));
  if (console.json) {
    Json ids = Json::array();
    for (const std::uint32_t value : values) ids.push_back(fmt::format("{}{:08X}{}", upper, value, extension));
    print_json({{"lintel", "identity-list/1"}, {"ids", std::move(ids)}});
    return {};
  }
  std::string text;
  for (const std::uint32_t value : values) {
    fmt::format_to(std::back_inserter(text), "{}{:08X}{}\n", upper, value, extension);
    if (text.size() < 1 << 16) continue;
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) return {};  // told by main
    text.clear();
  }
  (void)std::fwrite(text.data(), 1, text.size(), stdout);
  return {};
}

}  // namespace

int run_command(const IdGenerateCommand& command, const Console& console) {
  const auto done = print_new_ids(command, console);
  if (done) return 0;
  print_error(done.error().message);
  return done.error().code == ErrorCode::internal ? kInternalError : kUsageError;
}

}  // namespace lintel::cli
