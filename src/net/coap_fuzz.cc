// Fuzz target: a datagram of a CoAP server. What is read can be written again and then reads the same.
#include "net/coap.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lintel;
  using namespace lintel::net::coap;
  const auto message = decode({data, size});
  if (!message) return 0;
  const auto again = decode(encode(*message));
  if (!again || again->code != message->code || again->id != message->id || again->token != message->token || again->payload != message->payload ||
      again->options.size() != message->options.size())
    __builtin_trap();
  for (std::size_t i = 0; i < again->options.size(); ++i)
    if (again->options[i].number != message->options[i].number || again->options[i].value != message->options[i].value) __builtin_trap();
  path_options(as_text({data, size}));
  return 0;
}
