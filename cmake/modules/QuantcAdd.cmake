# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# The wrappers that every CMakeLists.txt of the project uses: one library, one
# tool, one unit test, one ODS file. They carry the compile flags, the shared
# precompiled header and the link against the shared MLIR and LLVM, so that no
# component links a static MLIR library (two sets of TypeIDs) by accident.

option(QUANTC_SANITIZE "Build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)

find_program(QUANTC_CCACHE ccache)
if(QUANTC_CCACHE)
  set(CMAKE_C_COMPILER_LAUNCHER "${CMAKE_COMMAND}" -E env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime "${QUANTC_CCACHE}")
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_C_COMPILER_LAUNCHER})
endif()

add_library(QuantcCompileOptions INTERFACE)
target_compile_options(QuantcCompileOptions INTERFACE
  -Wall -Wextra -Wno-unused-parameter $<$<COMPILE_LANGUAGE:CXX>:-fno-exceptions>
  $<$<BOOL:${QUANTC_WARNINGS_AS_ERRORS}>:-Werror>)
# Floating-point contraction would make calibration and reference results
# depend on the machine that compiled quantc.
target_compile_options(QuantcCompileOptions INTERFACE -ffp-contract=off)
if(QUANTC_SANITIZE)
  # LLVM's own libraries are not instrumented: container checks and vptr checks
  # across that border would report what is no error.
  add_compile_options(-fsanitize=address,undefined -fno-sanitize=vptr,function
    -fno-sanitize-recover=all -fno-omit-frame-pointer)
  # The plugin needs the runtime as a shared library, which lies in a folder of
  # the compiler's own that no loader searches.
  execute_process(
    COMMAND "${CMAKE_CXX_COMPILER}" "-print-file-name=libclang_rt.asan-${CMAKE_SYSTEM_PROCESSOR}.so"
    OUTPUT_VARIABLE QUANTC_ASAN_RUNTIME OUTPUT_STRIP_TRAILING_WHITESPACE)
  get_filename_component(QUANTC_ASAN_FOLDER "${QUANTC_ASAN_RUNTIME}" DIRECTORY)
  add_link_options(-fsanitize=address,undefined -shared-libsan
    "LINKER:-rpath,${QUANTC_ASAN_FOLDER}")
endif()

# One precompiled header for everything that includes MLIR.
add_library(QuantcPCH OBJECT "${CMAKE_CURRENT_LIST_DIR}/pch.cpp")
target_link_libraries(QuantcPCH PRIVATE QuantcCompileOptions)
target_precompile_headers(QuantcPCH PRIVATE
  $<$<COMPILE_LANGUAGE:CXX>:${CMAKE_CURRENT_LIST_DIR}/pch.h>)
target_compile_options(QuantcPCH PRIVATE -fpch-instantiate-templates)

# quantc_add_library(QuantcX a.cpp ... [NO_MLIR] [LINK lib...] [DEPENDS target...])
# builds one component as a static library, installed and exported.
function(quantc_add_library name)
  cmake_parse_arguments(ARG "NO_MLIR;NO_PCH" "" "LINK;DEPENDS" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  add_library(Quantc::${name} ALIAS ${name})
  target_include_directories(${name} INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
    $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>
    $<INSTALL_INTERFACE:include>)
  target_link_libraries(${name} PRIVATE $<BUILD_INTERFACE:QuantcCompileOptions>)
  if(ARG_LINK)
    target_link_libraries(${name} PUBLIC ${ARG_LINK})
  endif()
  if(NOT ARG_NO_MLIR)
    target_link_libraries(${name} PUBLIC MLIR LLVM)
    if(NOT ARG_NO_PCH)
      target_precompile_headers(${name} REUSE_FROM QuantcPCH)
      target_compile_options(${name} PRIVATE -fpch-instantiate-templates)
    endif()
    get_property(tablegen_targets GLOBAL PROPERTY QUANTC_TABLEGEN_TARGETS)
    add_dependencies(${name} ${tablegen_targets})
  endif()
  if(ARG_DEPENDS)
    add_dependencies(${name} ${ARG_DEPENDS})
  endif()
  set_property(GLOBAL APPEND PROPERTY QUANTC_LIBRARIES ${name})
  install(TARGETS ${name} EXPORT QuantcTargets ARCHIVE DESTINATION lib)
endfunction()

# quantc_add_tool(name a.cpp ... [LINK lib...]) builds bin/name.
function(quantc_add_tool name)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE QuantcCompileOptions ${ARG_LINK} MLIR LLVM)
  # The precompiled header is -fPIC code, so its users must not be -fPIE code.
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
  target_compile_options(${name} PRIVATE -fPIC -fpch-instantiate-templates)
  target_precompile_headers(${name} REUSE_FROM QuantcPCH)
  get_property(tablegen_targets GLOBAL PROPERTY QUANTC_TABLEGEN_TARGETS)
  add_dependencies(${name} ${tablegen_targets})
  install(TARGETS ${name} RUNTIME DESTINATION bin)
endfunction()

# quantc_add_unittest(name a.cpp ... [LINK lib...]) builds a GoogleTest program
# under test/Unit that lit finds and runs case by case.
function(quantc_add_unittest name)
  cmake_parse_arguments(ARG "" "" "LINK" ${ARGN})
  add_executable(${name} ${ARG_UNPARSED_ARGUMENTS})
  target_link_libraries(${name} PRIVATE QuantcCompileOptions ${ARG_LINK} GTest::gtest GTest::gmock GTest::gtest_main)
  get_property(tablegen_targets GLOBAL PROPERTY QUANTC_TABLEGEN_TARGETS)
  add_dependencies(${name} ${tablegen_targets})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/test/Unit")
  set_property(GLOBAL APPEND PROPERTY QUANTC_UNIT_TESTS ${name})
endfunction()

# quantc_tablegen(File.td target out generator-args ... [out generator-args ...])
# is spelled with mlir_tablegen in each folder; this only registers the target
# so that every library that includes MLIR waits for all generated headers.
function(quantc_tablegen_target target)
  add_public_tablegen_target(${target})
  set_property(GLOBAL APPEND PROPERTY QUANTC_TABLEGEN_TARGETS ${target})
endfunction()
