// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The verifier of fake_quantize.
#include "quantc/Dialect/QNN/IR/QNNOps.h"

using namespace mlir;

namespace quantc::qnn {

RankedTensorType FakeQuantizeOp::getQuantizedType() {
  return getType().clone(getQuantized());
}

LogicalResult FakeQuantizeOp::verify() {
  unsigned width =
      cast<quant::QuantizedType>(getQuantized()).getStorageTypeIntegralWidth();
  if (width < 2 || width > 16) // C1
    return emitOpError() << "type has " << width
                         << " bits of storage, expected 2 to 16";
  return verifyQuantizedType(*this, getQuantizedType()); // C2
}

} // namespace quantc::qnn
