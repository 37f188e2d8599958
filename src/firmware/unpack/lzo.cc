#include "firmware/unpack/lzo.h"

namespace lintel::firmware {
namespace {

class Lzo {
 public:
  Lzo(ByteView input, std::span<std::uint8_t> output) : input_(input), output_(output) {}

  std::optional<std::size_t> run() {
    if (input_.empty()) return std::nullopt;
    // The first byte may announce literals alone.
    if (input_[0] > 17) {
      const std::size_t literals = static_cast<std::size_t>(next()) - 17;
      copy_literals(literals);
      state_ = literals < 4 ? literals : 4;
    }
    while (!failed_ && !ended_) instruction();
    if (failed_) return std::nullopt;
    return written_;
  }

 private:
  std::uint8_t next() {
    if (read_ < input_.size()) return input_[read_++];
    failed_ = true;
    return 0;
  }
  std::size_t distance16() {
    const std::size_t low = next();
    return low | static_cast<std::size_t>(next()) << 8;
  }
  // A length that did not fit its bits: each zero byte is 255 more.
  std::size_t long_length(std::size_t base) {
    std::size_t length = base;
    for (;;) {
      const std::uint8_t byte = next();
      if (failed_ || length > output_.size()) {
        failed_ = true;
        return 0;
      }
      if (byte != 0) return length + byte;
      length += 255;
    }
  }
  void copy_literals(std::size_t count) {
    if (count > input_.size() - read_ || count > output_.size() - written_) {
      failed_ = true;
      return;
    }
    for (std::size_t i = 0; i < count; ++i) output_[written_++] = input_[read_++];
  }
  void copy_match(std::size_t distance, std::size_t length) {
    if (distance > written_ || length > output_.size() - written_) {
      failed_ = true;
      return;
    }
    for (std::size_t i = 0; i < length; ++i, ++written_) output_[written_] = output_[written_ - distance];
  }
  void after_match(std::size_t literals) {
    copy_literals(literals);
    state_ = literals;
  }

  // state_: how many literals the instruction before copied; 4: four or more.
  void instruction() {
    const std::size_t code = next();
    if (failed_) return;
    if (code >= 64) {
      const std::size_t distance = (static_cast<std::size_t>(next()) << 3) + ((code >> 2) & 7) + 1;
      const std::size_t length = code >= 128 ? 5 + ((code >> 5) & 3) : 3 + ((code >> 5) & 1);
      copy_match(distance, length);
      after_match(code & 3);
    } else if (code >= 32) {
      const std::size_t length = (code & 31) != 0 ? (code & 31) + 2 : long_length(31 + 2);
      const std::size_t word = distance16();
      copy_match((word >> 2) + 1, length);
      after_match(word & 3);
    } else if (code >= 16) {
      const std::size_t length = (code & 7) != 0 ? (code & 7) + 2 : long_length(7 + 2);
      const std::size_t word = distance16();
      const std::size_t distance = 16384 + ((code & 8) << 11) + (word >> 2);
      if (distance == 16384) {  // the end of the stream
        failed_ = failed_ || length != 3;
        ended_ = true;
        return;
      }
      copy_match(distance, length);
      after_match(word & 3);
    } else if (state_ == 0) {
      copy_literals(code != 0 ? code + 3 : long_length(15 + 3));
      state_ = 4;
    } else {
      const std::size_t high = static_cast<std::size_t>(next()) << 2;
      if (state_ == 4)
        copy_match(high + (code >> 2) + 2049, 3);
      else
        copy_match(high + (code >> 2) + 1, 2);
      after_match(code & 3);
    }
  }

  ByteView input_;
  std::span<std::uint8_t> output_;
  std::size_t read_ = 0, written_ = 0, state_ = 0;
  bool failed_ = false, ended_ = false;
};

}  // namespace

std::optional<std::size_t> unpack_lzo(ByteView input, std::span<std::uint8_t> output) { return Lzo(input, output).run(); }

}  // namespace lintel::firmware
