// What is looked for in the files of an image: one file a subject in this folder, listed in surveyors.cc. A surveyor sees every regular file
// once while the image is read, and says at the end what it found as members of one JSON object, which are facts of the probe
// firmware_contents (facts.schema.json there; members and their meaning). It runs in the child process without rights: it may compute, not open.
//
// A surveyor looks and never judges: no "bad", no severity, and nothing that was not seen is said to be absent; that is the rule's to say, from
// the coverage. Names and texts out of an image are made printable. Every list is cut at kMostFindings; what is beyond is counted in
// "cut": {name of the list: how many}. A secret's value never leaves: its kind, place, length, and SHA-256 where two are to be compared.
#pragma once
#include <memory>
#include <vector>

#include "firmware/image/image.h"

namespace lintel::firmware {

inline constexpr std::size_t kMostFindings = 500;

class Surveyor {
 public:
  virtual ~Surveyor() = default;
  // content: the whole file, or its first Budget::file_bytes() bytes. It dies with the call. Everything in it is hostile.
  virtual void see(const Image& image, const File& file, ByteView content) = 0;
  // Once, when everything is read: image.parts with their bytes and image.files with links and folders are there too.
  virtual void conclude(const Image& image, Json& facts) = 0;
};

// One of each; for one image.
std::vector<std::unique_ptr<Surveyor>> all_surveyors();

// Adds a finding to a list of the facts, or counts it in "cut".
void add_finding(Json& facts, const char* list, Json finding);

// Where a finding is: {"part": 3, "path": "etc/shadow"}; parts count from 1 as in `lintel firmware inspect`.
Json place_of(const File& file);

}  // namespace lintel::firmware
