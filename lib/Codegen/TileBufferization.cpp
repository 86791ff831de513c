// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A tile is loaded from a tensor as it is from a buffer: read, never written.
#include "TileBufferization.h"

#include "quantc/Dialect/QVec/IR/QVecOps.h"

#include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.h"

using namespace mlir;
using namespace mlir::bufferization;

namespace quantc::codegen {
namespace {

struct TileLoadModel
    : public BufferizableOpInterface::ExternalModel<TileLoadModel,
                                                    qvec::TileLoadOp> {
  bool bufferizesToMemoryRead(Operation *, OpOperand &,
                              const AnalysisState &) const {
    return true;
  }

  bool bufferizesToMemoryWrite(Operation *, OpOperand &,
                               const AnalysisState &) const {
    return false;
  }

  AliasingValueList getAliasingValues(Operation *, OpOperand &,
                                      const AnalysisState &) const {
    return {};
  }

  LogicalResult bufferize(Operation *op, RewriterBase &rewriter,
                          const BufferizationOptions &options,
                          BufferizationState &state) const {
    auto load = cast<qvec::TileLoadOp>(op);
    FailureOr<Value> buffer =
        getBuffer(rewriter, load.getSource(), options, state);
    if (failed(buffer))
      return failure();
    replaceOpWithNewBufferizedOp<qvec::TileLoadOp>(
        rewriter, op, load.getType(), *buffer, load.getIndices(), load.getDim(),
        load.getStep());
    return success();
  }
};

} // namespace

void registerTileBufferization(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, qvec::QVecDialect *) {
    qvec::TileLoadOp::attachInterface<TileLoadModel>(*context);
  });
}

} // namespace quantc::codegen
