// A constant value that many results hold together: a run of 200 clauses on 250 devices has 150 000 assertion results, and
// their sentences differ only from check to check. Reads like the value itself; an empty one is a default value.
#pragma once
#include <memory>
#include <utility>

namespace lintel::model {

template <class T>
class Shared {
 public:
  Shared() = default;
  Shared(T value) : value_(std::make_shared<const T>(std::move(value))) {}
  template <std::size_t Size>
  Shared(const char (&text)[Size]) : Shared(T(text)) {}

  const T& operator*() const {
    static const T none{};
    return value_ ? *value_ : none;
  }
  const T* operator->() const { return &**this; }
  operator const T&() const { return **this; }
  bool operator==(const T& other) const { return **this == other; }

 private:
  std::shared_ptr<const T> value_;
};

}  // namespace lintel::model
