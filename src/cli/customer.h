// What the customer handed in beside a target: conformance statement (ICS) and IXIT tables, with the files as they came.
#pragma once
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "model/ics.h"
#include "model/profile.h"
#include "model/target.h"

namespace lintel::cli {

struct CustomerDocuments {
  std::optional<model::Ics> ics;    // source hashed
  std::optional<model::Ixit> ixit;
  std::vector<Bytes> files;         // the bytes behind the sources
};

// The documents that the target names. Prints what is wrong; nullopt when that is an error.
std::optional<CustomerDocuments> load_customer_documents(const model::Target& target, const model::Profile& profile);

}  // namespace lintel::cli
