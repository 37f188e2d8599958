#include "cli/seal_note.h"

#include "crypto/certificate.h"
#include "crypto/cms.h"
#include "store/manifest.h"
#include "store/run_file.h"
#include "store/seal_block.h"

namespace lintel::cli {

static Result<report::SealNote> look(const store::Seal& seal) {
  const store::Manifest manifest = TRY(store::parse_manifest(seal.manifest));
  const crypto::CmsCheck signature = TRY(crypto::check_cms(seal.cms, as_bytes(seal.manifest)));
  const crypto::Certificate signer = TRY(crypto::parse_certificate(signature.signer));
  return report::SealNote{manifest.sealed, signer.subject, signer.sha256, store::sha256_hex(as_bytes(seal.manifest)), !signature.time_stamp.empty(), signature.problem};
}

std::optional<report::SealNote> seal_note(const std::filesystem::path& run) {
  const auto begin = store::find_seal(run);
  if (!begin || !*begin) return std::nullopt;
  const auto seal = store::read_seal(run);
  if (seal && !*seal) return std::nullopt;
  const auto note = seal ? look(**seal) : Result<report::SealNote>(tl::unexpected(seal.error()));
  if (note) return *note;
  report::SealNote damaged;
  damaged.problem = note.error().message;
  return damaged;
}

}  // namespace lintel::cli
