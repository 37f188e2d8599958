// Wall-clock time as it stands in documents: RFC 3339, always with an offset. The clock comes in by parameter so that
// judging an old run and testing expiry need no real time.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace lintel {

using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime now() const = 0;
};

class SystemClock : public Clock {
 public:
  WallTime now() const override;
};

class FixedClock : public Clock {
 public:
  explicit FixedClock(WallTime time) : time_(time) {}
  WallTime now() const override { return time_; }

 private:
  WallTime time_;
};

// "2026-11-21T10:00:00.123Z"; the fraction is left out when it is zero.
std::string format_time(WallTime time);
// RFC 3339 5.6 with a mandatory offset (Z or +hh:mm). nullopt for anything else, a date alone included.
std::optional<WallTime> parse_time(std::string_view text);
// "20ms", "5s", "10m", "2h"; nullopt for anything else.
std::optional<std::chrono::milliseconds> parse_duration(std::string_view text);

}  // namespace lintel
