# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# What `cmake --install` adds to the libraries, tools and plugin, which install
# themselves: the headers with the generated ones and the .td files, and the
# package that find_package(Quantc) reads. Nothing in it names the source or
# build folder, so that the installed tree may be moved.
include(CMakePackageConfigHelpers)

set(QUANTC_INSTALL_INCLUDEDIR include)
set(QUANTC_INSTALL_BINDIR bin)
set(QUANTC_INSTALL_LIBDIR lib)
set(QUANTC_INSTALL_CMAKEDIR "${QUANTC_INSTALL_LIBDIR}/cmake/Quantc")

install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/" "${PROJECT_BINARY_DIR}/include/"
  DESTINATION "${QUANTC_INSTALL_INCLUDEDIR}"
  FILES_MATCHING PATTERN "*.h" PATTERN "*.td" PATTERN "*.inc"
  PATTERN "CMakeFiles" EXCLUDE)
install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION share/doc/quantc)

get_property(QUANTC_EXPORTED_TARGETS GLOBAL PROPERTY QUANTC_LIBRARIES)
list(TRANSFORM QUANTC_EXPORTED_TARGETS PREPEND "Quantc::")
configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/cmake/modules/QuantcConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/cmake/QuantcConfig.cmake"
  INSTALL_DESTINATION "${QUANTC_INSTALL_CMAKEDIR}"
  PATH_VARS QUANTC_INSTALL_INCLUDEDIR QUANTC_INSTALL_BINDIR QUANTC_INSTALL_LIBDIR)
# Before 1.0 a minor version may change any interface.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/cmake/QuantcConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES
  "${PROJECT_BINARY_DIR}/cmake/QuantcConfig.cmake"
  "${PROJECT_BINARY_DIR}/cmake/QuantcConfigVersion.cmake"
  DESTINATION "${QUANTC_INSTALL_CMAKEDIR}")
install(EXPORT QuantcTargets NAMESPACE Quantc::
  DESTINATION "${QUANTC_INSTALL_CMAKEDIR}")
