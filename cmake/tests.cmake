# Whole-program tests: every tests/<name>/CMakeLists.txt adds its own.
file(GLOB folders CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/*/CMakeLists.txt)
foreach(file ${folders})
  get_filename_component(folder ${file} DIRECTORY)
  add_subdirectory(${folder})
endforeach()
