// lintel firmware cat: one file of an image.
#include <unistd.h>

#include <cstdint>

#include "base/bytes.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/firmware_answer.h"
#include "cli/json_output.h"
#include "cli/outputs.h"
#include "data/json.h"
#include "report/values.h"

namespace lintel::cli {

int run_command(const FirmwareCatCommand& command, const Console& console) {
  const FirmwareAnswer asked = ask_firmware(command.image, {firmware::What::content, command.path, command.seconds}, console);
  if (!asked.answer) return asked.exit_code;
  const firmware::Answer& answer = *asked.answer;
  if (console.json)
    print_json({{"lintel", "firmware-file/1"}, {"file", printable(command.image)}, {"part", answer.part + 1}, {"path", printable(command.path)}, {"size", answer.content.size()}, {"whole", answer.whole_content},
                {"base64", to_base64(as_bytes(answer.content))}});
  else  // a terminal obeys control characters: to it go only those that can be seen
    (void)deliver(isatty(STDOUT_FILENO) == 1 ? report::plain(answer.content, SIZE_MAX / 2) : answer.content, "", console);
  if (answer.whole_content) return 0;
  print_error(fmt::format("{}: only its first {} bytes; the image says it is larger", printable(command.path), answer.content.size()));
  return 3;
}

}  // namespace lintel::cli
