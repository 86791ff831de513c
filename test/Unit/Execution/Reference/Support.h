// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A model written as MLIR text, and its evaluation on vectors.
#ifndef QUANTC_TEST_UNIT_EXECUTION_REFERENCE_SUPPORT_H
#define QUANTC_TEST_UNIT_EXECUTION_REFERENCE_SUPPORT_H

#include "quantc/Execution/ReferenceEvaluator.h"

#include "llvm/Support/FormatVariadic.h"
#include "gtest/gtest.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace quantc::exec::test {

/// Prepares `text`; the error or the parser's complaint goes to `error`.
std::unique_ptr<CompiledModel> makeModel(llvm::StringRef text,
                                         std::string *error = nullptr);

/// The result, of `count` elements of type Out, of a model with one result.
template <typename Out, typename... In>
std::vector<Out> evaluate(llvm::StringRef text, size_t count,
                          const std::vector<In> &...inputs) {
  std::unique_ptr<CompiledModel> model = makeModel(text);
  std::vector<Out> result(count);
  if (!model)
    return result;
  const void *inputPointers[] = {inputs.data()...};
  void *outputPointers[] = {result.data()};
  EXPECT_EQ(model->getSignature().inputs.size(), sizeof...(In));
  EXPECT_EQ(model->getSignature().outputs[0].getByteSize(),
            count * sizeof(Out));
  llvm::Error error = model->run(inputPointers, outputPointers, nullptr);
  EXPECT_FALSE(static_cast<bool>(error));
  return result;
}

/// Every value of an integer type, from the least.
template <typename T>
std::vector<T> allValues() {
  std::vector<T> values;
  for (int64_t v = std::numeric_limits<T>::min();
       v <= std::numeric_limits<T>::max(); ++v)
    values.push_back(static_cast<T>(v));
  return values;
}

/// A quantized type of 8 or 16 bits as text.
inline std::string quantized(llvm::StringRef storage, double scale,
                             int64_t zeroPoint) {
  return llvm::formatv("!quant.uniform<{0}:f32, {1:E17}:{2}>", storage, scale,
                       zeroPoint)
      .str();
}

} // namespace quantc::exec::test

#endif // QUANTC_TEST_UNIT_EXECUTION_REFERENCE_SUPPORT_H
