// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Quantization whose range is found while the model runs: unsigned 8 bits, all
// of it in f32.
#ifndef QUANTC_NUMERICS_DYNAMICPARAMS_H
#define QUANTC_NUMERICS_DYNAMICPARAMS_H

#include "quantc/Numerics/QuantParams.h"

#include "llvm/ADT/ArrayRef.h"

namespace quantc::numerics {

/// Scale and zero point of `values` (N33).
QuantParams chooseDynamic(llvm::ArrayRef<float> values);

/// The float result of an integer sum (N34).
float scaleAccumulator(int32_t accumulator, float inputScale, float weightScale,
                       float bias);

} // namespace quantc::numerics

#endif // QUANTC_NUMERICS_DYNAMICPARAMS_H
