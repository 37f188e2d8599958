// Where an input stands in a request template, and how text gets there unharmed. Pure.
#pragma once
#include <string>

#include "flow/application.h"
#include "net/http.h"

namespace lintel::probes::web_input {

// text: in quotes in a body given as text, as in JSON. number: there without quotes.
enum class Place { none, path, query, form, json, text, number, header };
Place place_of(const Json& request, const std::string& input);

// The value to give the variable so that the server reads this text at this place.
std::string written(Place place, const std::string& text);

// The template without the input's member, or with a list in its place; false where that can't be.
bool remove_from(Json& request, Place place, const std::string& input);
bool make_list(Json& request, Place place, const std::string& input);
// The template of a text body with the input's member twice.
bool repeat_in(Json& request, Place place, const std::string& input);

// Name of the member of query, form or JSON's top level that is nothing but this input; empty when there is none.
std::string member_of(const Json& request, Place place, const std::string& input);
// A built request with this member of query, form or JSON once more. False when it is not there.
bool send_twice(net::HttpRequest& request, Place place, const std::string& member);

}  // namespace lintel::probes::web_input
