// What configuration files say of remote services: SSH servers, MQTT brokers, web servers; and whether packages are verified.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "firmware/survey/startup.h"

namespace lintel::firmware {

struct Setting {
  const char* service;  // sshd, dropbear, mosquitto, uhttpd, opkg
  std::string name{}, value{};
  std::size_t line = 0;  // 0: the file does not say it
  bool local = false;    // the service listens on the device itself only
};

// The settings of a file that decide who gets in; none of a file that is no such configuration. The default of the program stands for what an
// sshd_config or opkg.conf leaves out only where it is named so: line 0.
std::vector<Setting> settings_of(const std::string& path, std::string_view text);

}  // namespace lintel::firmware
