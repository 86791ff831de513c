// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The calibrate stage on data: one streaming observer for each tensor of an
// observed model.
#include "quantc/Calibration/Observer.h"
#include "quantc/Driver/Compiler.h"
#include "quantc/Driver/ObservedModel.h"

using namespace mlir;

namespace quantc {

static llvm::Expected<CalibrationTable>
buildTable(llvm::ArrayRef<ObservedTensor> tensors,
           llvm::ArrayRef<MinMaxObserver> observers, int64_t samples,
           const CompileOptions &options) {
  CalibrationTable table;
  table.provenance.method = "min-max";
  table.provenance.samples = samples;
  table.provenance.model = options.modelPath;
  table.provenance.data = options.calibrationData;
  table.provenance.version = QUANTC_VERSION;
  for (auto [tensor, observer] : llvm::zip(tensors, observers)) {
    llvm::Expected<TensorRange> range = observer.getRange(tensor.name);
    if (!range)
      return range.takeError();
    table.add(tensor.name, *range);
  }
  return table;
}

llvm::Expected<CalibrationTable> calibrate(ModuleOp module,
                                           const CompileOptions &options) {
  auto model = ObservedModel::create(module);
  if (!model)
    return model.takeError();
  auto dataset =
      (*model)->openDataset(options.calibrationData, options.normalize);
  if (!dataset)
    return dataset.takeError();
  std::vector<MinMaxObserver> observers((*model)->getTensors().size());
  if (llvm::Error error =
          (*model)->run(**dataset, "calibrating",
                        [&](size_t tensor, llvm::ArrayRef<float> values) {
                          observers[tensor].observe(values);
                        }))
    return std::move(error);
  return buildTable((*model)->getTensors(), observers,
                    (*dataset)->getSampleCount(), options);
}

} // namespace quantc
