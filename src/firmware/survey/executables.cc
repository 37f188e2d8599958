// How programs and libraries were built: what makes a memory fault harder to use. From the ELF headers and the dynamic section, in either byte order
// and width, every offset checked against the file. Debug tools by their name; functions that are easily misused are counted, and no more than that.
#include <array>
#include <map>
#include <set>

#include "base/text.h"
#include "firmware/image/header.h"
#include "firmware/survey/surveyors.h"

namespace lintel::firmware {
namespace {

using namespace std::string_view_literals;

constexpr std::uint32_t kLoad = 1, kDynamic = 2, kInterpreter = 3, kStack = 0x6474e551, kRelro = 0x6474e552;
constexpr std::size_t kMostHeaders = 512, kMostSymbols = 100'000;

std::string architecture_of(std::uint16_t machine) {
  switch (machine) {
    case 3: return "x86";
    case 8: return "mips";
    case 20: return "powerpc";
    case 21: return "powerpc64";
    case 40: return "arm";
    case 42: return "superh";
    case 62: return "x86-64";
    case 93: case 195: return "arc";
    case 94: return "xtensa";
    case 183: return "aarch64";
    case 243: return "riscv";
    case 252: return "csky";
    case 258: return "loongarch";
    default: return "machine " + std::to_string(machine);
  }
}

class Elf {
 public:
  explicit Elf(ByteView bytes) : wide_(bytes[4] == 2), file_(bytes, bytes[5] == 2 ? Endian::big : Endian::little) {}

  bool wide() const { return wide_; }
  std::uint16_t type() const { return file_.u16(16); }
  std::uint16_t machine() const { return file_.u16(18); }

  // Reads what the members below say. False: not a program or library, or the headers lie.
  bool read() {
    const std::uint64_t headers = word(wide_ ? 32 : 28);
    const std::size_t size = file_.u16(wide_ ? 54 : 42), count = file_.u16(wide_ ? 56 : 44);
    if ((type() != 2 && type() != 3) || size < (wide_ ? 56u : 32u) || count == 0 || count > kMostHeaders || headers > file_.size() || size * count > file_.size() - headers) return false;
    for (std::size_t i = 0; i < count; ++i) read_segment(static_cast<std::size_t>(headers) + i * size);
    if (has_dynamic) read_dynamic();
    read_sections();
    return true;
  }

  bool has_interpreter = false, has_dynamic = false, has_stack = false, stack_executes = false, relro = false, now = false, pie_flag = false, has_symbols = false;
  std::string search_path, run_path;
  std::set<std::string_view> imports;
  bool imports_known = false;

 private:
  struct Segment {
    std::uint64_t offset, address, bytes;
  };

  std::uint64_t word(std::size_t at) const { return wide_ ? file_.u64(at) : file_.u32(at); }

  void read_segment(std::size_t at) {
    const std::uint32_t kind = file_.u32(at), flags = file_.u32(at + (wide_ ? 4 : 24));
    const Segment segment{word(at + (wide_ ? 8 : 4)), word(at + (wide_ ? 16 : 8)), word(at + (wide_ ? 32 : 16))};
    if (kind == kLoad) loads_.push_back(segment);
    if (kind == kInterpreter) has_interpreter = true;
    if (kind == kRelro) relro = true;
    if (kind == kStack) {
      has_stack = true;
      stack_executes = (flags & 1) != 0;
    }
    if (kind == kDynamic) {
      has_dynamic = true;
      dynamic_ = segment;
    }
  }

  // Where in the file what will lie at this address stands.
  std::optional<std::size_t> place_of_address(std::uint64_t address) const {
    for (const Segment& load : loads_)
      if (address >= load.address && address - load.address < load.bytes && load.offset <= file_.size() && address - load.address < file_.size() - load.offset)
        return static_cast<std::size_t>(load.offset + (address - load.address));
    return std::nullopt;
  }

  void read_dynamic() {
    const std::size_t step = wide_ ? 16 : 8;
    if (dynamic_.offset > file_.size()) return;
    std::map<std::uint64_t, std::uint64_t> entries;
    for (std::size_t i = 0; i < kMostHeaders; ++i) {
      const std::size_t at = static_cast<std::size_t>(dynamic_.offset) + i * step;
      if (at + step > file_.size()) return;
      const std::uint64_t tag = word(at);
      if (tag == 0) break;
      entries[tag] = word(at + step / 2);
    }
    const auto entry = [&](std::uint64_t tag) { return entries.contains(tag) ? entries[tag] : 0; };
    now = entries.contains(24) || (entry(30) & 8) != 0 || (entry(0x6ffffffb) & 1) != 0;
    pie_flag = (entry(0x6ffffffb) & 0x08000000) != 0;
    const auto texts = place_of_address(entry(5)), symbols = place_of_address(entry(6));
    if (!texts) return;
    const ByteView table = file_.part(*texts, static_cast<std::size_t>(std::min<std::uint64_t>(entry(10), file_.size())));
    if (entries.contains(15)) search_path = text_at(table, entry(15));
    if (entries.contains(29)) run_path = text_at(table, entry(29));
    if (symbols) read_imports(*symbols, table, count_symbols(entries, *symbols, *texts));
  }

  // Undefined symbols stand before the hashed ones, so that a GNU table without the old one says enough; one that hashes nothing says nothing.
  std::size_t count_symbols(std::map<std::uint64_t, std::uint64_t>& entries, std::size_t symbols, std::size_t texts) const {
    std::uint64_t count = 0;
    if (entries.contains(0x70000011)) count = entries[0x70000011];  // MIPS
    else if (const auto hash = entries.contains(4) ? place_of_address(entries[4]) : std::nullopt) count = file_.u32(*hash + 4);
    else if (const auto gnu = entries.contains(0x6ffffef5) ? place_of_address(entries[0x6ffffef5]) : std::nullopt; gnu && hashes_some(*gnu)) count = file_.u32(*gnu + 4);
    if (count == 0 && texts > symbols) count = (texts - symbols) / (wide_ ? 24 : 16);
    return static_cast<std::size_t>(std::min<std::uint64_t>(count, kMostSymbols));
  }

  bool hashes_some(std::size_t table) const {
    const std::size_t count = std::min<std::size_t>(file_.u32(table), kMostSymbols), first = table + 16 + file_.u32(table + 8) * static_cast<std::size_t>(wide_ ? 8 : 4);
    for (std::size_t i = 0; i < count; ++i)
      if (file_.u32(first + i * 4) != 0) return true;
    return false;
  }

  void read_imports(std::size_t symbols, ByteView table, std::size_t count) {
    const std::size_t size = wide_ ? 24 : 16;
    imports_known = count > 0;
    for (std::size_t i = 1; i < count; ++i) {
      const std::size_t at = symbols + i * size;
      if (at + size > file_.size()) return;
      if (file_.u16(at + (wide_ ? 6 : 14)) == 0) imports.insert(text_at(table, file_.u32(at)));
    }
  }

  void read_sections() {
    const std::uint64_t headers = word(wide_ ? 40 : 32);
    const std::size_t size = file_.u16(wide_ ? 58 : 46), count = file_.u16(wide_ ? 60 : 48);
    if (headers == 0 || size < 40 || headers > file_.size()) return;
    for (std::size_t i = 0; i < count; ++i)
      if (file_.u32(static_cast<std::size_t>(headers) + i * size + 4) == 2) has_symbols = true;
  }

  static std::string_view text_at(ByteView table, std::uint64_t at) {
    if (at >= table.size()) return {};
    const std::string_view rest = as_text(table.subspan(static_cast<std::size_t>(at))).substr(0, 256);
    return rest.substr(0, rest.find('\0'));
  }

  bool wide_;
  Header file_;
  std::vector<Segment> loads_;
  Segment dynamic_{};
};

bool is_elf_here(ByteView content) { return content.size() >= 64 && as_text(content).starts_with("\177ELF") && (content[4] == 1 || content[4] == 2) && (content[5] == 1 || content[5] == 2); }

class Executables : public Surveyor {
 public:
  void see(const Image&, const File& file, ByteView content) override {
    if (!is_elf_here(content)) return;
    Elf elf(content);
    if (!elf.read()) return;
    const std::string_view name = std::string_view(file.path).substr(file.path.rfind('/') + 1);
    const bool program = elf.type() == 2 || elf.has_interpreter || elf.pie_flag;
    Json finding = place_of(file);
    finding["kind"] = !program ? "library" : elf.has_dynamic && elf.has_interpreter ? "program" : "static program";
    finding["architecture"] = architecture_of(elf.machine());
    finding["bits"] = elf.wide() ? 64 : 32;
    finding["nx"] = elf.has_stack && !elf.stack_executes;
    if (program) finding["pie"] = elf.type() == 3;
    finding["relro"] = !elf.relro ? "none" : elf.now ? "full" : "partial";
    finding["stripped"] = !elf.has_symbols;
    describe_imports(elf, program, finding);
    if (!elf.search_path.empty()) finding["rpath"] = printable(elf.search_path);
    if (!elf.run_path.empty()) finding["runpath"] = printable(elf.run_path);
    count(finding, program);
    for (const auto tool : {"gdbserver"sv, "gdb"sv, "strace"sv, "ltrace"sv, "tcpdump"sv, "perf"sv, "valgrind"sv, "adbd"sv, "lldb-server"sv, "frida-server"sv})
      if (program && name == tool && tools_.size() < kMostFindings) tools_.push_back(place_of(file));
    if (found_.size() < 4 * kMostFindings) found_.push_back(std::move(finding));
  }

  void conclude(const Image&, Json& facts) override {
    facts["executables"] = facts["debug_tools"] = Json::array();
    facts["executable_counts"] = counts_;
    facts["misused_functions"] = Json::object();
    for (const auto& [name, programs] : misused_) facts["misused_functions"][name] = programs;
    for (Json& one : found_) add_finding(facts, "executables", std::move(one));
    for (Json& one : tools_) add_finding(facts, "debug_tools", std::move(one));
  }

 private:
  void describe_imports(const Elf& elf, bool program, Json& finding) {
    if (!elf.imports_known) return;
    const auto has = [&](std::string_view name) { return elf.imports.contains(name); };
    finding["canary"] = has("__stack_chk_fail") || has("__stack_chk_guard") || has("__intel_security_cookie");
    bool fortified = false, could_be = false;
    for (const std::string_view name : elf.imports) fortified = fortified || (name.starts_with("__") && name.ends_with("_chk"));
    for (const auto name : {"memcpy"sv, "memset"sv, "strcpy"sv, "strcat"sv, "strncpy"sv, "sprintf"sv, "snprintf"sv, "vsnprintf"sv, "printf"sv, "fprintf"sv, "read"sv, "gets"sv, "fgets"sv, "recv"sv}) could_be = could_be || has(name);
    if (fortified || could_be) finding["fortify"] = fortified;
    if (!program) return;
    for (const auto name : {"system"sv, "popen"sv, "strcpy"sv, "strcat"sv, "sprintf"sv, "vsprintf"sv, "gets"sv, "scanf"sv, "mktemp"sv, "tmpnam"sv})
      if (has(name)) ++misused_[std::string(name)];
  }

  void count(const Json& finding, bool program) {
    const auto add = [&](const char* name, bool yes) { counts_[name] = counts_.value(name, 0) + (yes ? 1 : 0); };
    const auto is = [&](const char* name) { return finding.value(name, false); };
    add("programs", program);
    add("libraries", !program);
    add("nx", is("nx"));
    add("pie", is("pie"));
    add("relro_full", finding["relro"] == "full");
    add("relro_partial", finding["relro"] == "partial");
    add("canary", is("canary"));
    add("fortify", is("fortify"));
    add("stripped", is("stripped"));
    add("rpath", finding.contains("rpath") || finding.contains("runpath"));
  }

  std::vector<Json> found_, tools_;
  std::map<std::string, std::int64_t> misused_;
  Json counts_ = {{"programs", 0}, {"libraries", 0}, {"nx", 0}, {"pie", 0}, {"relro_full", 0}, {"relro_partial", 0}, {"canary", 0}, {"fortify", 0}, {"stripped", 0}, {"rpath", 0}};
};

}  // namespace

std::unique_ptr<Surveyor> survey_executables() { return std::make_unique<Executables>(); }

}  // namespace lintel::firmware
