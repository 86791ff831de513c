// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Empty: the object library of the shared precompiled header needs a source.
