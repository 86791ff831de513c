// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The statistics of one tensor as attributes of its entry in a table:
//
//   "least": -1.5, "greatest": 6, "zeros": 120, "width_log2": -9,
//   "bins": "-768:2 0 1, 40:7"
//
// `bins` lists runs of bins by the first bin of the run and their counts, zeros
// apart. Every state has exactly one text.
#ifndef QUANTC_LIB_CALIBRATION_STATISTICSJSON_H
#define QUANTC_LIB_CALIBRATION_STATISTICSJSON_H

#include "quantc/Calibration/TensorStatistics.h"

#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"
#include <optional>

namespace quantc {

void writeStatistics(llvm::json::OStream &json,
                     const TensorStatistics &statistics);

/// None where `object` has no bins. The error says what was expected; the
/// caller knows of which tensor.
llvm::Expected<std::optional<TensorStatistics>>
readStatistics(const llvm::json::Object &object);

} // namespace quantc

#endif // QUANTC_LIB_CALIBRATION_STATISTICSJSON_H
