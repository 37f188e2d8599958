// In which country an address is, by a database in MaxMind's format (MaxMind DB 2.0) that the user brings. Wraps libmaxminddb. One thread.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/error.h"
#include "net/address.h"

namespace lintel::net {

constexpr std::size_t kCountryDatabaseCapBytes = 256 << 20;

class CountryDatabase {
 public:
  // A private copy of `content` is opened, so a file that changes or shrinks meanwhile does no harm. Errors: invalid_input (no database, or
  // a corrupt one), limit, io.
  static Result<CountryDatabase> open(ByteView content);
  CountryDatabase(CountryDatabase&&) noexcept;
  CountryDatabase& operator=(CountryDatabase&&) noexcept;
  ~CountryDatabase();

  // Two capital letters (ISO 3166-1): where the address is, not where its block is registered. Read from `country.iso_code`, `country_code` or
  // `country`, as the publishers have it. nullopt: the database does not know. Errors: invalid_input (corrupt at that place).
  Result<std::optional<std::string>> country_of(const Address& address) const;

  std::string type() const;         // as it calls itself: "GeoLite2-Country"
  std::int64_t built() const;       // seconds since 1970

 private:
  struct Library;
  explicit CountryDatabase(std::unique_ptr<Library> library);
  std::unique_ptr<Library> library_;
};

}  // namespace lintel::net
