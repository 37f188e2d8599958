// What the lints of a target's items share: places in the document, secrets by reference, files that are not there.
#pragma once
#include <filesystem>
#include <string>
#include <string_view>

#include "rules/documents.h"

namespace lintel::rules {

class ItemLint {
 public:
  // at: JSON pointer of the item. All are used while linting.
  ItemLint(const std::string& at, const Document& document, const std::filesystem::path& folder, Diagnostics& diagnostics)
      : at_(at), document_(document), folder_(folder), diagnostics_(diagnostics) {}

  // A member whose name sounds secret should be env:NAME or file:PATH. where: pointer below the item, without a `/` before it.
  void secret(const std::string& name, const Json& value, const std::string& where);
  void warn_secret(const std::string& where, std::string_view name);
  void reference(std::string_view text, const std::string& where);
  static bool is_reference(std::string_view value);
  // above: pointer of the object that has the key, with a `/` after it.
  void file(const Json& json, const char* key, const std::string& above = "");
  void error(const char* code, const std::string& where, std::string message, std::string hint = "");
  void error_at_key(const char* code, const std::string& where, std::string message, std::string hint = "");
  static std::string escape(std::string_view name);  // one step of a JSON pointer

 private:
  const std::string& at_;
  const Document& document_;
  const std::filesystem::path& folder_;
  Diagnostics& diagnostics_;
};

}  // namespace lintel::rules
