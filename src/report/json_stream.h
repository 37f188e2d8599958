// A JSON document whose long lists are written one element at a time. A list that gets no element isn't written at all: several formats
// refuse an empty one. The first error of write is kept and told by finish(); what comes after it is dropped.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "data/json.h"
#include "report/formats.h"
#include "report/pieces.h"

namespace lintel::report {

class JsonStream {
 public:
  explicit JsonStream(const Write& write) : out_(write) { add("{"); }

  void member(std::string_view key, const Json& value) {
    name(key);
    add(dump_json(value));
  }
  // The next element of the list `key` of the open object; the elements of one list come one after the other.
  void element(std::string_view key, const Json& value) {
    if (list_ == key) {
      add(",\n");
    } else {
      name(key);
      add("[\n");
      list_ = key;
    }
    add(dump_json(value));
  }
  // An object, and with open_only_element() a list of just one.
  void open(std::string_view key) { nest(key, "{", "}"); }
  void open_only_element(std::string_view key) { nest(key, "[{", "}]"); }
  void close() {
    end_list();
    add(closers_.back());
    closers_.pop_back();
    first_ = false;
  }
  Result<void> finish() {
    end_list();
    add("\n}\n");
    if (result_) result_ = out_.flush();
    return result_;
  }

 private:
  void name(std::string_view key) {
    end_list();
    add(first_ ? "\n\"" : ",\n\"");
    add(key);
    add("\":");
    first_ = false;
  }
  void nest(std::string_view key, std::string_view opener, std::string_view closer) {
    name(key);
    add(opener);
    closers_.push_back(closer);
    first_ = true;
  }
  void end_list() {
    if (list_.empty()) return;
    add("]");
    list_.clear();
  }
  void add(std::string_view text) {
    if (result_) result_ = out_.add(text);
  }

  Pieces out_;
  Result<void> result_;
  std::string list_;                     // the list that is being written
  std::vector<std::string_view> closers_;  // of the objects that are open
  bool first_ = true;                    // no member yet in the open object
};

}  // namespace lintel::report
