// Options of: firmware.
#include "cli/arguments/groups.h"
#include "cli/arguments/shared.h"

namespace lintel::cli {
namespace {

template <class Command>
Command& add_image_command(CLI::App& app, Arguments& arguments) {
  auto& command = read_into<Command>(app, arguments);
  app.add_option("image", command.image, "firmware image, of any kind")->required();
  app.add_option("--seconds", command.seconds, "reading ends after this time with what there is (default: 300)")->check(CLI::Range(1, 86'400));
  return command;
}

}  // namespace

void add_firmware(CLI::App& app, Arguments& arguments) {
  auto* firmware_app = app.add_subcommand("firmware", "read a firmware image without unpacking it: parts, files, content");
  firmware_app->require_subcommand(1);
  auto* inspect_app = firmware_app->add_subcommand("inspect", "what the image is made of, one part inside another, and how much of it is understood");
  add_image_command<FirmwareInspectCommand>(*inspect_app, arguments);
  inspect_app->footer("Examples:\n  lintel firmware inspect router.bin\n  lintel firmware inspect router.bin --json\n"
                      "Exit codes: 0 read to the end, 2 usage or file error, 3 read in part, 5 could not be read.");
  auto* tree_app = firmware_app->add_subcommand("tree", "the files of every file system and archive in the image: mode, owner, size, target of links");
  add_image_command<FirmwareTreeCommand>(*tree_app, arguments);
  tree_app->footer("Examples:\n  lintel firmware tree router.bin\n  lintel firmware tree router.bin --json\n"
                   "Exit codes: 0 read to the end, 2 usage or file error, 3 read in part, 5 could not be read.");
  auto* cat_app = firmware_app->add_subcommand("cat", "one file of the image on standard output; links are followed inside the image only");
  auto& cat = add_image_command<FirmwareCatCommand>(*cat_app, arguments);
  cat_app->add_option("path", cat.path, "its path; 3:PATH for the one of part 3, 3: for the part itself")->required();
  cat_app->footer("Examples:\n  lintel firmware cat router.bin etc/passwd\n  lintel firmware cat router.bin 5:etc/init.d/rcS\n  lintel firmware cat router.bin 2: > kernel.bin\n"
                  "Exit codes: 0 done, 2 usage or file error or no such file, 3 only its beginning, 5 the image could not be read.");
  firmware_app->footer("Examples:\n  lintel firmware inspect router.bin\n  lintel firmware tree router.bin\n  lintel firmware cat router.bin etc/passwd");
}

}  // namespace lintel::cli
