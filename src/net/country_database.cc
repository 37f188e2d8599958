#include "net/country_database.h"

#include <maxminddb.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/text.h"

namespace lintel::net {
namespace {

// The library opens files by name only.
class MemoryFile {
 public:
  MemoryFile() : fd_(memfd_create("country-database", MFD_CLOEXEC)) {}
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  ~MemoryFile() {
    if (fd_ >= 0) close(fd_);
  }
  Result<void> write(ByteView bytes) {
    while (!bytes.empty()) {
      const ssize_t size = ::write(fd_, bytes.data(), bytes.size());
      if (size < 0 && errno == EINTR) continue;
      if (size <= 0) return fail(ErrorCode::io, "no memory for the country database: {}", std::strerror(errno));
      bytes = bytes.subspan(static_cast<std::size_t>(size));
    }
    return {};
  }
  std::string path() const { return fmt::format("/proc/self/fd/{}", fd_); }

 private:
  int fd_ = -1;
};

bool is_country(std::string_view text) {
  return text.size() == 2 && std::ranges::all_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace

struct CountryDatabase::Library {
  MMDB_s handle{};
  bool open = false;
  Library() = default;
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  ~Library() {
    if (open) MMDB_close(&handle);
  }
};

CountryDatabase::CountryDatabase(std::unique_ptr<Library> library) : library_(std::move(library)) {}
CountryDatabase::CountryDatabase(CountryDatabase&&) noexcept = default;
CountryDatabase& CountryDatabase::operator=(CountryDatabase&&) noexcept = default;
CountryDatabase::~CountryDatabase() = default;

Result<CountryDatabase> CountryDatabase::open(ByteView content) {
  if (content.size() > kCountryDatabaseCapBytes) return fail(ErrorCode::limit, "a country database of {} bytes; {} are read at most", content.size(), kCountryDatabaseCapBytes);
  if (content.empty()) return fail(ErrorCode::invalid_input, "no country database in MaxMind's format: the file is empty");
  MemoryFile file;
  TRY(file.write(content));
  auto library = std::make_unique<Library>();
  const int code = MMDB_open(file.path().c_str(), MMDB_MODE_MMAP, &library->handle);  // keeps its mapping when the file is closed
  if (code != MMDB_SUCCESS) return fail(ErrorCode::invalid_input, "no country database in MaxMind's format, or a corrupt one: {}", MMDB_strerror(code));
  library->open = true;
  return CountryDatabase(std::move(library));
}

Result<std::optional<std::string>> CountryDatabase::country_of(const Address& address) const {
  const std::optional<std::string> not_known;
  int code = MMDB_SUCCESS;
  MMDB_lookup_result_s found = MMDB_lookup_sockaddr(&library_->handle, address.get(), &code);
  if (code == MMDB_IPV6_LOOKUP_IN_IPV4_DATABASE_ERROR) return not_known;
  if (code != MMDB_SUCCESS) return fail(ErrorCode::invalid_input, "the country database is corrupt: {}", MMDB_strerror(code));
  if (!found.found_entry) return not_known;
  constexpr const char* kPaths[][3] = {{"country", "iso_code", nullptr}, {"country_code", nullptr, nullptr}, {"country", nullptr, nullptr}};
  for (const auto& path : kPaths) {
    MMDB_entry_data_s data{};
    code = MMDB_aget_value(&found.entry, &data, path);
    if (code == MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR) continue;
    if (code != MMDB_SUCCESS) return fail(ErrorCode::invalid_input, "the country database is corrupt: {}", MMDB_strerror(code));
    if (!data.has_data || data.type != MMDB_DATA_TYPE_UTF8_STRING) continue;
    const std::string_view text(data.utf8_string, data.data_size);
    if (is_country(text)) return std::optional<std::string>(text);
  }
  return not_known;
}

std::string CountryDatabase::type() const {
  const char* text = library_->handle.metadata.database_type;
  return text ? printable(std::string_view(text).substr(0, 100)) : "";
}

std::int64_t CountryDatabase::built() const { return static_cast<std::int64_t>(library_->handle.metadata.build_epoch); }

}  // namespace lintel::net
