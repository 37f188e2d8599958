#include <doctest/doctest.h>

#include "base/text.h"
#include "firmware/survey/surveyors.h"

using namespace lintel;
using namespace lintel::firmware;

namespace {

using namespace std::string_literals;

// What an ELF file is made of, in the byte order and width asked for.
struct Plan {
  bool wide = false, big = false;
  std::uint16_t type = 3, machine = 40;
  bool interpreter = true, gnu_hash = false, stack = true, stack_executes = false, relro = true, now = true, symbols = false;
  std::vector<std::string> imports{"__stack_chk_fail", "__sprintf_chk", "strcpy"};
  std::string run_path{};
};

class Builder {
 public:
  explicit Builder(const Plan& plan) : plan_(plan) {}

  std::string build() {
    const std::size_t word = plan_.wide ? 8 : 4, header = plan_.wide ? 64 : 52, segment = plan_.wide ? 56 : 32, symbol = plan_.wide ? 24 : 16;
    std::vector<std::uint32_t> kinds{1, 2};
    if (plan_.interpreter) kinds.push_back(3);
    if (plan_.stack) kinds.push_back(0x6474e551);
    if (plan_.relro) kinds.push_back(0x6474e552);
    std::string names(1, '\0'), symbols(symbol, '\0');
    for (const std::string& name : plan_.imports) {
      std::string one;
      number(one, names.size(), 4);
      one.resize(symbol);
      symbols += one;
      names += name + '\0';
    }
    const std::size_t path = names.size();
    names += plan_.run_path + '\0';
    const std::size_t at_symbols = header + segment * kinds.size(), at_names = at_symbols + symbols.size(), at_hash = at_names + names.size(), at_dynamic = at_hash + 32;
    std::string dynamic;
    const auto entry = [&](std::uint64_t tag, std::uint64_t value) {
      number(dynamic, tag, word);
      number(dynamic, value, word);
    };
    entry(5, kBase + at_names), entry(6, kBase + at_symbols), entry(10, names.size()), entry(plan_.gnu_hash ? 0x6ffffef5 : 4, kBase + at_hash);
    if (plan_.now) entry(30, 8);
    if (!plan_.run_path.empty()) entry(29, path);
    entry(0, 0);
    const std::size_t at_sections = at_dynamic + dynamic.size();
    std::string out = "\177ELF"s + static_cast<char>(plan_.wide ? 2 : 1) + static_cast<char>(plan_.big ? 2 : 1) + std::string(10, '\0');
    number(out, plan_.type, 2), number(out, plan_.machine, 2), number(out, 1, 4), number(out, 0, word), number(out, header, word);
    number(out, plan_.symbols ? at_sections : 0, word), number(out, 0, 4), number(out, header, 2), number(out, segment, 2), number(out, kinds.size(), 2);
    number(out, plan_.wide ? 64 : 40, 2), number(out, plan_.symbols ? 1 : 0, 2), number(out, 0, 2);
    for (const std::uint32_t kind : kinds) {
      const std::uint32_t flags = kind == 0x6474e551 && plan_.stack_executes ? 7 : 6;
      const std::size_t offset = kind == 2 ? at_dynamic : 0, bytes = kind == 2 ? dynamic.size() : at_sections;
      number(out, kind, 4);
      if (plan_.wide) number(out, flags, 4);
      number(out, offset, word), number(out, kBase + offset, word), number(out, kBase + offset, word), number(out, bytes, word), number(out, bytes, word);
      if (!plan_.wide) number(out, flags, 4);
      number(out, 4, word);
    }
    out += symbols + names;
    number(out, 1, 4), number(out, plan_.gnu_hash ? 1 : plan_.imports.size() + 1, 4), number(out, 1, 4);  // of the GNU form: one bucket, empty
    out.resize(out.size() + 20);
    out += dynamic;
    if (plan_.symbols) {
      number(out, 0, 4), number(out, 2, 4);
      out.resize(out.size() + 56);
    }
    return out;
  }

 private:
  static constexpr std::uint64_t kBase = 0x10000;
  void number(std::string& out, std::uint64_t value, std::size_t size) const {
    for (std::size_t i = 0; i < size; ++i) out += static_cast<char>(value >> 8 * (plan_.big ? size - 1 - i : i));
  }
  const Plan& plan_;
};

Json facts_of(const std::string& path, std::string_view content) {
  Image image;
  image.parts.push_back({.format = "squashfs"});
  File file;
  file.path = path;
  Json facts = Json::object();
  const auto executables = survey_executables();
  executables->see(image, file, as_bytes(content));
  executables->conclude(image, facts);
  return facts;
}

Json one_of(const Plan& plan) {
  const Json found = facts_of("bin/app", Builder(plan).build())["executables"];
  REQUIRE(found.size() == 1);
  return found[0];
}

}  // namespace

TEST_CASE("a hardened program, in each width and byte order") {
  for (const bool wide : {false, true})
    for (const bool big : {false, true})
      CHECK(one_of({.wide = wide, .big = big}) == Json{{"part", 1}, {"path", "bin/app"}, {"kind", "program"}, {"architecture", "arm"}, {"bits", wide ? 64 : 32}, {"nx", true}, {"pie", true},
                                                       {"relro", "full"}, {"stripped", true}, {"canary", true}, {"fortify", true}});
}

TEST_CASE("each protection is missed where it is missing, and only that one") {
  CHECK(one_of({.gnu_hash = true}) == one_of({}));  // a program that exports nothing
  CHECK(one_of({.stack = false})["nx"] == false);
  CHECK(one_of({.stack_executes = true})["nx"] == false);
  CHECK(one_of({.type = 2})["pie"] == false);
  CHECK(one_of({.now = false})["relro"] == "partial");
  CHECK(one_of({.relro = false})["relro"] == "none");
  CHECK(one_of({.symbols = true})["stripped"] == false);
  CHECK(one_of({.imports = {"strcpy"}})["canary"] == false);
  CHECK(one_of({.imports = {"strcpy"}})["fortify"] == false);
  CHECK_FALSE(one_of({.imports = {"exit"}}).contains("fortify"));  // nothing there to fortify
  CHECK(one_of({.run_path = "/tmp/lib"})["runpath"] == "/tmp/lib");
  const Json library = one_of({.machine = 8, .interpreter = false});
  CHECK(library["kind"] == "library");
  CHECK(library["architecture"] == "mips");
  CHECK_FALSE(library.contains("pie"));
}

TEST_CASE("counts, misused functions and debug tools") {
  const std::string app = Builder(Plan{.imports = {"system", "strcpy"}}).build();
  const Json facts = facts_of("usr/bin/strace", app);
  CHECK(facts["executable_counts"]["programs"] == 1);
  CHECK(facts["executable_counts"]["canary"] == 0);
  CHECK(facts["misused_functions"] == Json{{"strcpy", 1}, {"system", 1}});
  REQUIRE(facts["debug_tools"].size() == 1);
  CHECK(facts["debug_tools"][0]["path"] == "usr/bin/strace");
  CHECK(facts_of("usr/bin/strace", "#!/bin/sh\n")["debug_tools"].empty());
  CHECK(facts_of("usr/share/strace.txt", app)["debug_tools"].empty());
}

TEST_CASE("a file that is cut anywhere, and headers that lie, end quietly") {
  const Plan plan{.wide = true, .run_path = "/x"};
  const std::string whole = Builder(plan).build();
  for (std::size_t length = 0; length < whole.size(); ++length) CHECK(facts_of("a", std::string_view(whole).substr(0, length))["executables"].size() <= 1);
  for (std::size_t at = 4; at < whole.size(); ++at) {
    std::string lies = whole;
    lies[at] = static_cast<char>(0xFF);
    CHECK(facts_of("a", lies)["executables"].size() <= 1);
  }
}
