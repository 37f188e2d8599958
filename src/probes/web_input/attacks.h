// What a declared call is sent with instead of a user's good values. Pure but for random marks. Nothing here does harm where it works: marks only
// say that something was taken as code, files that are read lie on every machine, uploads hold a line of text.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "flow/application.h"
#include "probes/web_input/place.h"

namespace lintel::probes::web_input {

enum class Look { malformed, markers, traversal, upload };
std::optional<Look> look_named(std::string_view name);

// How an answer shows that an attack worked. markup: the mark stands in a page as it is. computed: the mark is what the value gives when it is run.
// header: an answer has a header field of this name. database: an error text of a database. file: the content of a file of the system.
// stored: the mark is in what was uploaded, which is read back. contained: the upload is read back under its name without directories.
enum class Sign { none, markup, computed, header, database, file, stored, contained };

struct Attack {
  std::string name, input = {};   // input: empty for uploads
  flow::Call call;                // its template changed where values alone can't say it
  flow::Variables values = {};    // in place of the good ones
  Place twice = Place::none;      // the member that is sent once more
  std::string member = {};
  Sign sign = Sign::none;
  std::string mark = {};          // empty for contained: the good content
  std::string result = {};        // of uploads: what the file gives when it is run
  std::string file = {};          // of uploads: its name
};

// long_value: characters. Those that ask for somebody else's data come last.
std::vector<Attack> malformed(const flow::Application& application, const flow::Call& call, std::size_t long_value);
std::vector<Attack> markers(const flow::Call& call);
std::vector<Attack> traversals(const flow::Call& call);
std::vector<Attack> uploads(const flow::Call& call);

// Empty for calls that work only once.
std::vector<Attack> attacks_for(const flow::Application& application, const flow::Call& call, Look look, std::size_t long_value);

// Random letters and digits that no answer holds by chance, and a product of two random numbers.
std::string fresh_word();
struct Product {
  std::string expression, value;  // "31337*27183"
};
Product fresh_product();

}  // namespace lintel::probes::web_input
