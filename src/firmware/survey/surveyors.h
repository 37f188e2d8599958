// The surveyors, one a subject. Each .cc of this folder makes one.
#pragma once
#include "firmware/survey/surveyor.h"

namespace lintel::firmware {

std::unique_ptr<Surveyor> survey_accounts();  // who may log in, and with what kind of password
std::unique_ptr<Surveyor> survey_services();  // what the image starts, its consoles, settings of remote services
std::unique_ptr<Surveyor> survey_update();  // scripts that install firmware, Android's switches for debugging
std::unique_ptr<Surveyor> survey_modes();  // setuid, setgid, writable by everybody
std::unique_ptr<Surveyor> survey_keys();   // private keys, certificates
std::unique_ptr<Surveyor> survey_secrets();  // passwords, tokens, symmetric keys in text
std::unique_ptr<Surveyor> survey_boot();     // boot loaders, stages of the boot chain
std::unique_ptr<Surveyor> survey_executables();  // hardening, debug tools
std::unique_ptr<Surveyor> survey_components();   // software of others, with versions

}  // namespace lintel::firmware
