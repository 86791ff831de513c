// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Passes that make a quantized model more accurate without training it. They
// stand between calibration and quantization: a float graph with ranges in, a
// float graph with ranges out.
#ifndef QUANTC_DIALECT_QNN_TRANSFORMS_ACCURACYPASSES
#define QUANTC_DIALECT_QNN_TRANSFORMS_ACCURACYPASSES

include "mlir/Pass/PassBase.td"

def AbsorbBiasesPass : Pass<"qnn-absorb-biases", "mlir::func::FuncOp"> {
  let summary = "Move channels to zero and their offsets into the next biases";
  let description = [{
    A channel whose numbers all lie far from zero widens the range of the whole
    value, and none of its own numbers uses the steps in between. Where a
    convolution or a layer norm makes the value and convolutions without a
    border read it (a product with constant weights is one, behind a reshape),
    `s[c]` is taken from the bias that makes channel `c`, and the sum of the
    weights that read it times `s[c]` added to the biases of the readers: the
    same function.

    Behind a clamp, `s[c]` is what lies between its lower end and the least
    number that was measured; the clamp stays, and acts on the channel at that
    number (Nagel et al., arXiv:1906.04721, estimate it from a batch norm as
    mean less three deviations). Without a clamp, `s[c]` is the middle of the
    channel's range, for all channels where that makes the range of the value
    smaller.

    *Requires* on the operation that defines the value its `qnn.calibration` and
    `qnn.channel_ranges`. Both, and measured means, are kept up to date.
    *Leaves alone*, silently, readers that add a border of zeros, a value whose
    range was chosen narrower than its channels, and one of more than 8 bits.

    Before: channel 1 of `%0` was measured in [6, 8], channel 0 in [-1, 1].
    ```mlir
    %0 = tosa.conv2d %x, %w0, %b0, %z, %z {qnn.channel_ranges = array<f32: -1.0, 1.0, 6.0, 8.0>, ...}
    %1 = tosa.conv2d %0, %w1, %b1, %z, %z
    ```
    After: 7 is taken from channel 1 of `%b0`, `7 * sum(%w1[o, ., ., 1])` is
    added to channel `o` of `%b1`, and the range of `%0` is [-1, 1].
  }];
  let dependentDialects = ["::quantc::qnn::QNNDialect", "mlir::tosa::TosaDialect"];
}

def EqualizeChannelsPass : Pass<"qnn-equalize-channels", "mlir::func::FuncOp"> {
  let summary = "Let every channel of a value fill the range of the whole";
  let description = [{
    A channel whose numbers are small beside those of its neighbours gets few
    of the steps of their common scale. Where a convolution or a layer norm
    makes the value and convolutions read it (a product with constant weights is
    one, behind a reshape), the weights and the bias that make channel `c` are
    multiplied with a factor `f[c] >= 1` and the weights that read it divided by
    it: the same function, with more steps for the channel. A clamp between the
    two stays. It then acts on the channel at a bound that is smaller by the
    factor, which is no smaller than the greatest number that was measured.

    Weights of a depthwise convolution have a scale of their own for each
    channel, so a factor costs nothing there and is as large as the range
    allows. Other convolutions share a scale among the channels that they read:
    there the exponent `a` in `f[c]^a` is the one of 0, 1/4, 1/2, 3/4, 1 with
    the least sum of expected squares of the rounding errors of activations and
    weights. Behind a layer norm this is what others call smoothing: a few
    channels with great numbers no longer decide how finely the others are
    stored, and the weights take up the difference.

    *Requires* on the operation that defines the value its `qnn.calibration` and
    `qnn.channel_ranges` (least and greatest number of each channel), and, for
    readers that are not depthwise, `qnn.channel_variances`. The range of the
    value stays what it is; measured numbers of channels are kept up to date.
    *Leaves alone*, with a remark, a value behind a clamp whose interval does
    not hold zero; silently a value of more than 8 bits, which has steps to
    spare for every channel.

    Before: channel 1 of `%0` was measured in [0, 0.5], channel 0 in [0, 4].
    ```mlir
    %0 = tosa.conv2d %x, %w0, %b0, %z, %z {qnn.channel_ranges = array<f32: 0.0, 4.0, 0.0, 0.5>, ...}
    %1 = tosa.depthwise_conv2d %0, %w1, %b1, %z, %z
    ```
    After: channel 1 of `%w0` and `%b0` is multiplied with 8, that of `%w1` with
    1/8.
  }];
  let options = [
    Option<"maxFactor", "max-factor", "double", /*default=*/"256.0",
           "No factor is greater (at least 1)">,
  ];
  let dependentDialects = ["::quantc::qnn::QNNDialect", "mlir::tosa::TosaDialect"];
}

def CorrectBiasPass : Pass<"qnn-correct-bias", "mlir::func::FuncOp"> {
  let summary = "Take from each bias what quantization adds to the mean";
  let description = [{
    Rounding a few weights of a channel shifts the mean of all of its results.
    The shift is known before the model runs, and the bias takes it back.

    With `qnn.output_error` on a convolution (the mean of each channel of its
    result in the quantized model less that in the float model) the bias is
    reduced by it. Otherwise with `qnn.input_mean` (the mean of each number that
    meets a weight) the error is computed: the sum over the weights of
    `(quantized weight - weight) * mean`, for weights as `--qnn-insert-qdq` will
    quantize them. Both attributes are removed.

    *Refuses* an attribute of the wrong length: an error says what is expected.

    Before:
    ```mlir
    %0 = tosa.conv2d %x, %w, %b, %z, %z {qnn.output_error = array<f32: 0.25, 0.0>, ...}
    ```
    After: the first number of `%b` is smaller by 0.25.
  }];
  let dependentDialects = ["::quantc::qnn::QNNDialect", "mlir::tosa::TosaDialect"];
}

def RoundWeightsPass : Pass<"qnn-round-weights", "mlir::func::FuncOp"> {
  let summary = "Round weights so that each takes up the error of the others";
  let description = [{
    Rounding to nearest makes the error of each weight as small as it can be,
    not that of their sum. Here the weights of an output channel are rounded one
    after the other, those with the largest inputs first, and each error is
    given to the weights that follow, in the proportion in which their inputs
    move together. The weights become numbers on their quantized grid,
    and `qnn.weight_scales` holds its scales, so that `--qnn-insert-qdq` finds
    the integers that were chosen.

    *Requires* on a convolution `qnn.input_moments`, the covariances of the
    numbers that meet its weights, as f32 tensor `[B, K, K]`: `B` output channels
    of `K` weights for a depthwise convolution, and `B` runs of its depth for
    another (one run up to a depth of 512). With `qnn.input_cross_moments`,
    covariances of the float model's inputs with them, the weights are first
    fitted to the inputs of the quantized model. Both attributes are removed.
    *Refuses* moments of another shape: an error says what is expected.
    *Leaves alone* a weight whose policy is not one scale a channel.

    Before: the two inputs are always equal, and 0.3 is rounded to 0 at a scale
    of 1.
    ```mlir
    %w = "tosa.const"() <{values = dense<[[[[127.0, 0.3, 0.3]]]]> : tensor<1x1x1x3xf32>}> : () -> tensor<1x1x1x3xf32>
    %0 = tosa.conv2d %x, %w, %b, %z, %z {qnn.input_moments = dense<...> : tensor<1x3x3xf32>, ...}
    ```
    After: the third weight takes up what the second lost and becomes 1.
  }];
  let options = [
    Option<"damping", "damping", "double", /*default=*/"0.01",
           "Added to the diagonal of the moments, in parts of its mean">,
    Option<"ridge", "ridge", "double", /*default=*/"0.3",
           "Pull of a fit to the original weights, in parts of the mean of the "
           "diagonal">,
  ];
  let dependentDialects = ["::quantc::qnn::QNNDialect", "mlir::tosa::TosaDialect"];
}

#endif // QUANTC_DIALECT_QNN_TRANSFORMS_ACCURACYPASSES
