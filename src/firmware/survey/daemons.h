// Which programs are network services, debuggers or shells, and what their command line says of them. From their documentation.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "data/json.h"

namespace lintel::firmware {

// The command behind what only passes it on: exec, nohup, busybox, start-stop-daemon -S -x, procd_set_param command, `sh -c` not.
// Empty when the command stops or asks something instead of starting it.
std::vector<std::string> unwrapped(std::vector<std::string> words);

std::string program_name(const std::string& word);  // "/usr/sbin/telnetd" -> "telnetd"

// Of a command that starts a service: {"name", "kind", "encrypted", "without_login", "local"} and "port" where it is known.
// kind: telnet, ftp, tftp, rlogin, http, ssh, adb, debugger, mqtt, upnp, snmp, smb, shell. encrypted: yes, no, unknown.
std::optional<Json> service_of(const std::vector<std::string>& words);

// The command as it may be shown: printable, 200 characters at most, without passwords.
std::string shown_command(const std::vector<std::string>& words);

bool is_shell(const std::string& word);  // "/bin/sh", "-ash"

}  // namespace lintel::firmware
