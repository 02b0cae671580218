# The standard headers and the JSON library, parsed once for all modules and plugins: two fifths of a clean build otherwise. Sources
# still include what they use.
add_library(sluice_precompiled STATIC ${PROJECT_SOURCE_DIR}/engine/precompiled.cpp)
target_link_libraries(sluice_precompiled PRIVATE sluice_options nlohmann_json::nlohmann_json)
target_precompile_headers(sluice_precompiled PRIVATE <algorithm> <chrono> <functional> <map> <memory> <nlohmann/json.hpp>
                          <optional> <string> <variant> <vector>)
function(sluice_precompile TARGET)
  target_precompile_headers(${TARGET} REUSE_FROM sluice_precompiled)
  target_link_libraries(${TARGET} PRIVATE nlohmann_json::nlohmann_json)
endfunction()

# sluice_module(NAME DEPENDS other modules... LIBRARIES outside libraries...): one static library per engine folder, made of
# all its .cpp files. What a folder may depend on is fixed in the table of CONTRIBUTING.md and proved by tests/unit/include_rules.
function(sluice_module NAME)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LIBRARIES" ${ARGN})
  file(GLOB SOURCES CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  if(SOURCES)
    add_library(sluice_${NAME} STATIC ${SOURCES})
    set(SCOPE PUBLIC)
    target_link_libraries(sluice_${NAME} PRIVATE sluice_options)
    sluice_precompile(sluice_${NAME})
  else()
    add_library(sluice_${NAME} INTERFACE)
    set(SCOPE INTERFACE)
  endif()
  target_include_directories(sluice_${NAME} ${SCOPE} ${PROJECT_SOURCE_DIR}/engine)
  foreach(DEPENDENCY ${ARG_DEPENDS})
    target_link_libraries(sluice_${NAME} ${SCOPE} sluice_${DEPENDENCY})
  endforeach()
  target_link_libraries(sluice_${NAME} ${SCOPE} ${ARG_LIBRARIES})
endfunction()

# sluice_plugin(NAME LIBRARIES ...): one shared library per store, with its manifest beside it in the build tree. The manifest's
# sha256 is filled in after linking.
function(sluice_plugin NAME)
  cmake_parse_arguments(ARG "" "" "LIBRARIES" ${ARGN})
  file(GLOB SOURCES CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp ${CMAKE_CURRENT_SOURCE_DIR}/*.c)
  add_library(sluice_plugin_${NAME} MODULE ${SOURCES})
  set_target_properties(sluice_plugin_${NAME} PROPERTIES PREFIX "" OUTPUT_NAME sluice_${NAME}
                        LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/plugins)
  target_link_libraries(sluice_plugin_${NAME} PRIVATE sluice_options sluice_abi sluice_arrow ${ARG_LIBRARIES})
  # A changed manifest is written again, as the library is.
  set_property(TARGET sluice_plugin_${NAME} APPEND PROPERTY LINK_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/manifest.json)
  sluice_precompile(sluice_plugin_${NAME})
  add_custom_command(TARGET sluice_plugin_${NAME} POST_BUILD
    COMMAND ${CMAKE_COMMAND} -DLIBRARY=$<TARGET_FILE:sluice_plugin_${NAME}>
            -DTEMPLATE=${CMAKE_CURRENT_SOURCE_DIR}/manifest.json
            -DOUTPUT=${CMAKE_BINARY_DIR}/plugins/${NAME}.json -P ${PROJECT_SOURCE_DIR}/engine/WriteManifest.cmake
    VERBATIM)
endfunction()
