# How a floor, a probe and their tests become targets.

find_path(DOCTEST_INCLUDE doctest/doctest.h REQUIRED)
file(WRITE ${CMAKE_BINARY_DIR}/generated/doctest_main.cc
     "#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN\n#include <doctest/doctest.h>\n")
set_source_files_properties(${CMAKE_BINARY_DIR}/generated/doctest_main.cc PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
file(WRITE ${CMAKE_BINARY_DIR}/generated/doctest_headers.cc "// CMake writes precompiled headers only for a target with a source that uses them.\n")
add_library(lintel_doctest STATIC ${CMAKE_BINARY_DIR}/generated/doctest_main.cc ${CMAKE_BINARY_DIR}/generated/doctest_headers.cc)
target_link_libraries(lintel_doctest PRIVATE lintel_options)
set_target_properties(lintel_doctest PROPERTIES UNITY_BUILD OFF)
# Tests are half of what a build compiles: unoptimised, and themselves without UBSan, they take a third of the time.
set(LINTEL_TEST_OPTIONS -O0 -fno-sanitize=undefined)
target_compile_options(lintel_doctest PRIVATE ${LINTEL_TEST_OPTIONS})

# With LINTEL_PRECOMPILE the headers of others that most files include are parsed once, in every preset alike, so that what builds here builds
# there; -DLINTEL_PRECOMPILE=OFF finds a missing #include. FROM is the target that holds them: lintel_base for the sources, lintel_doctest
# for the tests.
set(LINTEL_COMMON_HEADERS <algorithm> <chrono> <filesystem> <functional> <map> <memory> <optional> <set> <span> <string> <vector>
    <fmt/format.h> <nlohmann/json.hpp>)
function(lintel_precompile target from)
  if(LINTEL_PRECOMPILE AND target STREQUAL from)
    target_precompile_headers(${target} PRIVATE ${LINTEL_COMMON_HEADERS} ${ARGN})
  elseif(LINTEL_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM ${from})
  endif()
endfunction()
lintel_precompile(lintel_doctest lintel_doctest <doctest/doctest.h>)

add_custom_target(unit)  # every unit test and fuzz target

# One library, one test program and the fuzz targets of a folder; called by the two functions below.
function(lintel_folder target folder)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LIBRARIES;EXTRA" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cc)
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  set(fuzzers ${sources})
  list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cc$")
  list(FILTER sources EXCLUDE REGEX "_(test|fuzz)\\.cc$")
  list(APPEND sources ${ARG_EXTRA})
  list(TRANSFORM ARG_DEPENDS PREPEND lintel_)
  if(sources)
    add_library(${target} STATIC ${sources})
    target_link_libraries(${target} PUBLIC lintel_options ${ARG_DEPENDS} ${ARG_LIBRARIES})
    lintel_precompile(${target} lintel_base)
  else()  # header-only folder
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE lintel_options ${ARG_DEPENDS} ${ARG_LIBRARIES})
  endif()
  if(tests)
    string(REPLACE lintel_ test_ test_target ${target})
    add_executable(${test_target} ${tests})
    target_link_libraries(${test_target} PRIVATE ${target} lintel_doctest)
    set_target_properties(${test_target} PROPERTIES UNITY_BUILD OFF)  # each test file has helpers of its own with short names
    target_compile_options(${test_target} PRIVATE ${LINTEL_TEST_OPTIONS})
    lintel_precompile(${test_target} lintel_doctest)
    target_compile_definitions(${test_target} PRIVATE LINTEL_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    add_test(NAME ${test_target} COMMAND ${test_target} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    set_tests_properties(${test_target} PROPERTIES LABELS unit TIMEOUT 300)
    add_dependencies(unit ${test_target})
  endif()
  # With clang (preset fuzz) a fuzz target is libFuzzer's; everywhere else tests/fuzz/driver.cc runs it a fixed number of times, so that
  # each ./test does. Seeds: FOLDER/testdata/fuzz and tests/fuzz/NAME, where they exist.
  foreach(fuzzer ${fuzzers})
    get_filename_component(name ${fuzzer} NAME_WE)
    if(LINTEL_FUZZ)
      add_executable(${name} ${fuzzer})
      target_link_libraries(${name} PRIVATE ${target} -fsanitize=fuzzer)
    else()
      add_executable(${name} ${fuzzer} ${CMAKE_SOURCE_DIR}/tests/fuzz/driver.cc)
      set_target_properties(${name} PROPERTIES UNITY_BUILD OFF)
      target_link_libraries(${name} PRIVATE ${target})
      set(seeds)
      foreach(seed ${folder}/testdata/fuzz ${CMAKE_SOURCE_DIR}/tests/fuzz/${name})
        if(EXISTS ${seed})
          list(APPEND seeds ${seed})
        endif()
      endforeach()
      add_test(NAME ${name} COMMAND ${name} 3000 ${seeds} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
      set_tests_properties(${name} PROPERTIES LABELS unit TIMEOUT 300)
    endif()
    target_compile_definitions(${name} PRIVATE LINTEL_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    add_dependencies(unit ${name})
  endforeach()
endfunction()

# lintel_floor(NAME DEPENDS floors... LIBRARIES libraries... EMBED folders...): src/NAME
function(lintel_floor name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LIBRARIES;EMBED" ${ARGN})
  set(extra)
  foreach(folder ${ARG_EMBED})
    lintel_embed(${name} ${folder} extra)
  endforeach()
  lintel_folder(lintel_${name} ${CMAKE_SOURCE_DIR}/src/${name}
                DEPENDS ${ARG_DEPENDS} LIBRARIES ${ARG_LIBRARIES} EXTRA ${extra})
endfunction()

# Compiles the files of a folder into floor NAME: lintel::NAME::embedded_files(), see src/base/embedded.h.
# .incbin in an assembly file: no size limit of literals, no generated megabytes, safe with LTO.
function(lintel_embed floor folder out)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/${folder} ${CMAKE_SOURCE_DIR}/${folder}/*)
  set(stem ${CMAKE_BINARY_DIR}/generated/${floor}_embedded)
  set(assembly ".section .rodata\n")
  set(externs "")
  set(entries "")
  set(paths)
  set(number 0)
  foreach(name ${files})
    set(path ${CMAKE_SOURCE_DIR}/${folder}/${name})
    set(symbol lintel_${floor}_file${number})
    string(APPEND assembly ".global ${symbol}\n${symbol}:\n.incbin \"${path}\"\n.global ${symbol}_end\n${symbol}_end:\n.byte 0\n")
    string(APPEND externs "extern const char ${symbol}[];\nextern const char ${symbol}_end[];\n")
    string(APPEND entries "      {\"${name}\", {${symbol}, static_cast<std::size_t>(${symbol}_end - ${symbol})}},\n")
    list(APPEND paths ${path})
    math(EXPR number "${number} + 1")
  endforeach()
  file(CONFIGURE OUTPUT ${stem}.s CONTENT "${assembly}.section .note.GNU-stack,\"\",%progbits\n" @ONLY)
  file(CONFIGURE OUTPUT ${stem}.cc CONTENT
"// Generated from ${folder}
#include \"base/embedded.h\"
extern \"C\" {
${externs}}
namespace lintel::${floor} {
std::span<const EmbeddedFile> embedded_files() {
  static const EmbeddedFile list[] = {
${entries}      {\"\", {}},
  };
  return std::span(list).first(std::size(list) - 1);
}
}  // namespace lintel::${floor}
" @ONLY)
  set_source_files_properties(${stem}.s PROPERTIES OBJECT_DEPENDS "${paths}")
  set(${out} ${${out}} ${stem}.s ${stem}.cc PARENT_SCOPE)
endfunction()

# lintel_probes(DEPENDS floors...): every folder of src/probes is a probe; the list is generated, nobody edits it.
function(lintel_probes)
  cmake_parse_arguments(ARG "" "" "DEPENDS" ${ARGN})
  file(GLOB folders CONFIGURE_DEPENDS LIST_DIRECTORIES true RELATIVE ${CMAKE_SOURCE_DIR}/src/probes
       ${CMAKE_SOURCE_DIR}/src/probes/*)
  set(declarations "")
  set(entries "")
  set(libraries)
  foreach(name ${folders})
    set(folder ${CMAKE_SOURCE_DIR}/src/probes/${name})
    if(NOT EXISTS ${folder}/${name}.cc)
      continue()
    endif()
    lintel_folder(lintel_probe_${name} ${folder} DEPENDS ${ARG_DEPENDS})
    list(APPEND libraries lintel_probe_${name})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${folder}/facts.schema.json ${folder}/params.schema.json)
    file(READ ${folder}/facts.schema.json facts)
    file(READ ${folder}/params.schema.json params)
    string(APPEND declarations "namespace lintel::probes::${name} { extern const lintel::probe::Probe probe; }\n")
    string(APPEND entries "    {\"${name}\", &lintel::probes::${name}::probe,\n     R\"LINTEL(${facts})LINTEL\",\n     R\"LINTEL(${params})LINTEL\"},\n")
  endforeach()
  file(CONFIGURE OUTPUT ${CMAKE_BINARY_DIR}/generated/probe_list.cc CONTENT
"// Generated from the folders of src/probes.
#include \"probe/probe.h\"
@declarations@
namespace lintel::probe {
std::span<const RegisteredProbe> all_probes() {
  static const RegisteredProbe list[] = {
@entries@    {},
  };
  return std::span(list).first(std::size(list) - 1);
}
const RegisteredProbe* find_probe(std::string_view name) {
  for (const RegisteredProbe& entry : all_probes())
    if (entry.name == name) return &entry;
  return nullptr;
}
}  // namespace lintel::probe
" @ONLY)
  add_library(lintel_probes STATIC ${CMAKE_BINARY_DIR}/generated/probe_list.cc)
  target_link_libraries(lintel_probes PUBLIC lintel_probe ${libraries})
endfunction()
