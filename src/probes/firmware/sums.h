// Lists of checksums, one a line, in the forms that vendors have from their tools:
//   <hex>  name        <hex> *name        <hex>                  sha256sum, sm3sum, md5sum
//   SHA256 (name) = <hex>                                        sha256sum --tag, BSD
//   SHA2-256(name)= <hex>   SM3(name)= <hex>                     openssl dgst
// The algorithm of a bare number follows from its length.
#pragma once
#include <string_view>
#include <vector>

#include "base/error.h"
#include "probes/firmware/declaration.h"

namespace lintel::probes::firmware {

// Lines for image_name (compared without folders), and lines without a name. Errors: invalid_input when a line has none of the forms, or
// when the list names other files only.
Result<std::vector<DeclaredDigest>> parse_sums(std::string_view text, std::string_view image_name);

}  // namespace lintel::probes::firmware
