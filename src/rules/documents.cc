#include "rules/documents.h"

#include <fmt/format.h>

#include <cassert>
#include <cstdio>
#include <cstdlib>
#include <span>

#include "base/embedded.h"
#include "base/files.h"

namespace lintel::rules {

std::span<const EmbeddedFile> embedded_files();

void add_error(Diagnostics& diagnostics, const char* code, const std::string& file, Mark mark, std::string message, std::string hint) {
  diagnostics.push_back({code, Severity::error, file, mark, std::move(message), std::move(hint)});
}

void add_warning(Diagnostics& diagnostics, const char* code, const std::string& file, Mark mark, std::string message, std::string hint) {
  diagnostics.push_back({code, Severity::warning, file, mark, std::move(message), std::move(hint)});
}

static Result<LoadedSchema> load_schema(std::string_view text, std::string_view name) {
  Json json = TRY(parse_json(text));
  schema::Schema compiled = TRY(schema::Schema::load(json, name));
  return LoadedSchema{std::move(json), std::move(compiled)};
}

const LoadedSchema& DocumentSchemas::get(const std::string& kind) {
  if (const auto known = loaded_.find(kind); known != loaded_.end()) return known->second;
  const std::string name = kind + ".schema.json";
  for (const EmbeddedFile& file : embedded_files()) {
    if (file.name != name) continue;
    auto loaded = load_schema(file.text, name);
    if (loaded) return loaded_.emplace(kind, std::move(*loaded)).first->second;
    std::fprintf(stderr, "lintel: %s\n", loaded.error().message.c_str());
    std::abort();  // our bug: rules_test loads every embedded schema
  }
  std::fprintf(stderr, "lintel: no schema %s in the program\n", name.c_str());
  std::abort();
}

const schema::Node& DocumentSchemas::item(model::ItemKind kind) {
  const schema::Node* node = get("target").compiled.definition(model::name_of(kind));
  assert(node != nullptr);
  return *node;
}

const LoadedProbe* ProbeCache::find(const std::string& name, std::string& trouble) {
  if (const auto known = loaded_.find(name); known != loaded_.end()) return &known->second;
  const auto found = catalog_.find ? catalog_.find(name) : std::nullopt;
  if (!found) {
    trouble = fmt::format("there is no probe `{}`", printable(name));
    return nullptr;
  }
  auto facts = load_schema(found->facts, name + "/facts.schema.json");
  auto params = load_schema(found->params, name + "/params.schema.json");
  if (!facts || !params) {
    trouble = fmt::format("the probe's {}", (facts ? params : facts).error().message);
    return nullptr;
  }
  return &loaded_.emplace(name, LoadedProbe{std::move(*facts), std::move(*params), found->takes}).first->second;
}

// Whether the root says that it is the kind wanted; a document of another kind would only give misleading messages.
static bool check_kind(const yaml::Node& root, const std::string& kind, const std::string& file, Diagnostics& diagnostics) {
  const std::string wanted = kind + "/1";
  if (root.kind() != yaml::Kind::map) {
    add_error(diagnostics, "E020", file, root.mark(), "a document is a map of keys and values", fmt::format("the first line is `lintel: {}`", wanted));
    return false;
  }
  const auto format = root.find("lintel");
  if (!format) {
    add_error(diagnostics, "E020", file, root.mark(), "the document does not say what it is", fmt::format("the first line is `lintel: {}`", wanted));
    return false;
  }
  if (format->text() == wanted) return true;
  const std::string_view text = format->text();
  if (text.substr(0, text.find('/')) == kind && text.find('/') != std::string_view::npos)
    add_error(diagnostics, "E020", file, format->mark(), fmt::format("this program does not read the format `{}`", printable(text)), fmt::format("it reads {}", wanted));
  else
    add_error(diagnostics, "E020", file, format->mark(), fmt::format("`{}` is needed here, not `{}`", wanted, printable(text.substr(0, 60))), "");
  return false;
}

std::optional<Document> load_document(const std::filesystem::path& path, const std::string& kind, DocumentSchemas& schemas,
                                      Diagnostics& diagnostics) {
  const std::string file = path.lexically_normal().string();
  auto source = read_file(path, yaml::kMaxBytes);
  if (!source) {
    if (source.error().code == ErrorCode::limit)
      add_error(diagnostics, "E002", file, {}, fmt::format("the file is larger than {} bytes", yaml::kMaxBytes), "split it, a profile into parts");
    else
      add_error(diagnostics, "E001", file, {}, source.error().message);
    return std::nullopt;
  }
  auto tree = yaml::parse(*source, file, diagnostics);
  if (!tree && diagnostics.back().code == "E008") diagnostics.back().hint = fmt::format("the first line is `lintel: {}/1`", kind);
  if (!tree || !check_kind(tree->root(), kind, file, diagnostics)) return std::nullopt;
  const std::size_t before = diagnostics.size();
  Document document{file, std::move(*tree), {}};
  document.value = typed_value(document.tree.root(), schemas.get(kind).compiled.root(), schema::Missing::refused, file, diagnostics);
  if (diagnostics.size() > before) return std::nullopt;
  return document;
}

}  // namespace lintel::rules
