# Whole-program tests: every tests/<name>/CMakeLists.txt adds its own. The target `whole` is what they run.
add_custom_target(whole DEPENDS lintel)
# Tests that start a home run side by side where each may have a network of its own, one after the other on the shared loopback.
execute_process(COMMAND sh -c "unshare --net true || unshare --user --map-root-user --net true" RESULT_VARIABLE shared OUTPUT_QUIET ERROR_QUIET)
if(shared)
  set(LINTEL_HOME_LOCK RESOURCE_LOCK loopback_home)
endif()
file(GLOB folders CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/tests/*/CMakeLists.txt)
foreach(file ${folders})
  get_filename_component(folder ${file} DIRECTORY)
  add_subdirectory(${folder})
endforeach()
