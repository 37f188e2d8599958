# Benchmarks: every bench/<name>/CMakeLists.txt adds its own targets, EXCLUDE_FROM_ALL.
file(GLOB folders CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/bench/*/CMakeLists.txt)
foreach(file ${folders})
  get_filename_component(folder ${file} DIRECTORY)
  add_subdirectory(${folder})
endforeach()
