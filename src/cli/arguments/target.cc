// Options of: init, target.
#include "cli/arguments/groups.h"
#include "cli/arguments/shared.h"

namespace lintel::cli {

void add_init(CLI::App& app, Arguments& arguments) {
  auto* init_app = app.add_subcommand("init", "write a commented target file, asking a few questions");
  auto& init = read_into<InitCommand>(*init_app, arguments);
  init_app->add_option("file", init.file, "file to write (default: target.yaml)");
  init_app->add_option("--name", init.name, "name of what is tested");
  init_app->add_option("--id", init.id, "short id: letters, digits, hyphens");
  init_app->add_option("--role", init.role, "what it is")->check(CLI::IsMember({"platform", "gateway", "device", "app", "line"}));
  init_app->add_option("--level", init.level, "level that a device or gateway claims")->check(CLI::IsMember({"1", "2", "3"}));
  init_app->add_option("--address", init.address, "its address or name");
  init_app->add_flag("--look", init.look, "try all TCP ports of this address and list those that are open");
  init_app->add_option("--services", init.services, "with --look: which of the open ports are meant to be: all, none or 80,443 (asked for otherwise)")->needs("--look");
  init_app->footer("Examples:\n  lintel init lamp.yaml\n  lintel init lamp.yaml --name Lamp --role device --address 192.168.1.20 --look");
}

void add_target(CLI::App& app, Arguments& arguments) {
  auto* target_app = app.add_subcommand("target", "work on a target file");
  target_app->require_subcommand(1);
  auto* target_lint_app = target_app->add_subcommand("lint", "check a target, its answers and waivers for mistakes; sends nothing");
  auto& target_lint = read_into<TargetLintCommand>(*target_lint_app, arguments);
  target_lint_app->add_option("target", target_lint.target, "target file")->required();

  auto* target_try_app = target_app->add_subcommand("try", "run flows or calls of a web application once and show what came back");
  auto& target_try = read_into<TargetTryCommand>(*target_try_app, arguments);
  target_try_app->add_option("target", target_try.target, "target file")->required();
  target_try_app->add_option("flow", target_try.flows, "names of flows or calls, run in this order")->required();
  target_try_app->add_option("--as", target_try.account, "account to use (default: owner, or the first)");
  target_try_app->add_option("--item", target_try.item, "id of the web application, when several have the flow");
  target_app->footer("Examples:\n  lintel target lint home.yaml\n  lintel target try home.yaml login switch logout --as owner");
  target_lint_app->footer("Example:\n  lintel target lint samples/home/target.yaml");
  target_try_app->footer("Example:\n  lintel target try home.yaml login switch logout --as owner");
}

}  // namespace lintel::cli
