// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The samples of an npz file as the inputs of one model: arrays are found by
// the inputs' names, their first axis runs over the samples, and every element
// is converted to what the input takes. All that can be wrong with names,
// shapes and types is found when the file is opened, before anything runs.
#ifndef QUANTC_EXECUTION_DATASET_H
#define QUANTC_EXECUTION_DATASET_H

#include "quantc/Execution/Normalization.h"
#include "quantc/Execution/Npz.h"
#include "quantc/Execution/Signature.h"

#include <algorithm>
#include <optional>

namespace quantc::exec {

struct DatasetOptions {
  /// Applies to the inputs that take real numbers.
  std::optional<Normalization> normalization;
  /// Refuse NaN and infinity: no range can be learned from them.
  bool requireFinite = false;
  /// How many samples are read at most; the rest of the file stays unread.
  std::optional<int64_t> sampleLimit;
  /// Where a model takes a fixed batch, cut an array of single samples into
  /// batches: each counts as one sample of the model.
  bool splitBatches = false;
};

/// How the elements of an array become those of an input.
enum class InputConversion : uint8_t {
  /// The array holds what the input takes: the same type, not normalized.
  Raw,
  /// Any number to f32, normalized.
  Real,
  /// As Real, then quantized with the input's scale and zero point.
  Quantize,
  /// Integers to an integer input; a value out of its range is an error.
  Integer
};

class Dataset {
public:
  static llvm::Expected<std::unique_ptr<Dataset>>
  open(llvm::StringRef path, const ModelSignature &signature,
       DatasetOptions options = {});

  /// How many samples are read.
  int64_t getSampleCount() const {
    return std::min(options.sampleLimit.value_or(sampleCount), sampleCount);
  }

  /// How many samples the file holds.
  int64_t getFileSampleCount() const { return sampleCount; }

  /// How many samples of the file are one of the model: 1 but for
  /// `splitBatches`.
  int64_t getBatchSize() const { return batchSize; }

  /// The number of the sample that is next.
  int64_t getPosition() const { return nextSample; }

  /// Reads over the next `samples` samples.
  llvm::Error skip(int64_t samples);

  /// Reads the next sample into the model's input buffers. May be called
  /// `getSampleCount` times; the last sample of the file checks its checksums.
  llvm::Error next(llvm::ArrayRef<void *> inputs);

  /// Starts again with the first sample.
  llvm::Error rewind();

private:
  struct Input {
    TensorSpec spec;
    InputConversion conversion;
    NpzArrayReader reader;
  };

  Dataset(NpzReader file, DatasetOptions options)
      : file(std::move(file)), options(std::move(options)) {}
  llvm::Error bind(const TensorSpec &spec);
  llvm::Expected<InputConversion> chooseConversion(const TensorSpec &spec,
                                                   const NpzArrayReader &array);
  llvm::Error bindSamples(const TensorSpec &spec, const NpzArrayReader &array);
  /// The samples that `array` holds for `spec`, or an error where the shapes
  /// do not fit.
  llvm::Expected<int64_t> countSamples(const TensorSpec &spec,
                                       const NpzArrayReader &array);
  llvm::Error readInput(Input &input, void *result);
  /// Behind the last sample, checks the checksums.
  llvm::Error finishAtEnd();
  llvm::Error checkFinite(const Input &input, const float *values) const;

  NpzReader file;
  DatasetOptions options;
  std::vector<Input> inputs;
  int64_t sampleCount = -1, nextSample = 0, batchSize = 1;
  /// One sample as it stands in the file, and as real numbers.
  std::vector<char> rawSample;
  std::vector<float> realSample;
};

/// Reads one integer for each sample.
llvm::Expected<std::vector<int64_t>>
readLabels(llvm::StringRef path, llvm::StringRef array, int64_t sampleCount);

/// The shape of an array of `sampleCount` samples: they replace a batch axis of
/// extent 1, or stand before the tensor's own axes.
llvm::SmallVector<int64_t> getDatasetShape(const TensorSpec &spec,
                                           int64_t sampleCount);

/// The real numbers of one tensor, dequantized where it is quantized.
void readRealValues(const TensorSpec &spec, const void *data,
                    std::vector<double> &result);

} // namespace quantc::exec

#endif // QUANTC_EXECUTION_DATASET_H
