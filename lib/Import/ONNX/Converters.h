// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The table of operators. A converter translates one node or says through
// Node::fail why it cannot; a folder computes a node whose operands are all
// known at import time. One file a family registers both.
#ifndef QUANTC_LIB_IMPORT_ONNX_CONVERTERS_H
#define QUANTC_LIB_IMPORT_ONNX_CONVERTERS_H

#include "Node.h"

#include "llvm/ADT/StringMap.h"

namespace quantc::import {

/// Emits TOSA for a node and sets its results.
using Converter = mlir::LogicalResult (*)(Node &);

/// Computes a node on the host. Answers whether it did; where it did not, the
/// node goes to its converter.
using Folder = bool (*)(Node &);

struct OperatorEntry {
  Converter convert = nullptr;
  Folder fold = nullptr;
  /// Whether the operator only moves elements, so that stored integers pass
  /// through it as they are.
  bool movesElements = false;
};

class OperatorTable {
public:
  /// The operators that the importer knows.
  static const OperatorTable &get();

  const OperatorEntry *lookup(mlir::StringRef opType) const {
    auto it = entries.find(opType);
    return it == entries.end() ? nullptr : &it->second;
  }
  void add(mlir::StringRef opType, Converter convert) {
    entries[opType].convert = convert;
  }
  void markMoving(mlir::ArrayRef<mlir::StringRef> opTypes) {
    for (mlir::StringRef opType : opTypes)
      entries[opType].movesElements = true;
  }
  void addFolder(mlir::StringRef opType, Folder fold) {
    entries[opType].fold = fold;
  }

private:
  llvm::StringMap<OperatorEntry> entries;
};

void registerConvolutions(OperatorTable &table);
void registerMatrixProducts(OperatorTable &table);
void registerElementwise(OperatorTable &table);
void registerActivations(OperatorTable &table);
void registerNormalization(OperatorTable &table);
void registerPools(OperatorTable &table);
void registerReductions(OperatorTable &table);
void registerShapes(OperatorTable &table);
void registerSlices(OperatorTable &table);
void registerQuantization(OperatorTable &table);
void registerQuantizedProducts(OperatorTable &table);
void registerFolders(OperatorTable &table);

} // namespace quantc::import

#endif // QUANTC_LIB_IMPORT_ONNX_CONVERTERS_H
