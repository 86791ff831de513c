// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Syntax and checks of the attributes of the qnn dialect.
#include "quantc/Dialect/QNN/IR/QNNDialect.h"

#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;

#define GET_ATTRDEF_CLASSES
#include "quantc/Dialect/QNN/IR/QNNAttributes.cpp.inc"

#include "quantc/Dialect/QNN/IR/QNNEnums.cpp.inc"

namespace quantc::qnn {

void QNNDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "quantc/Dialect/QNN/IR/QNNAttributes.cpp.inc"
      >();
}

/// `key = value`, preceded by a comma unless it is the first.
static ParseResult parseKey(AsmParser &parser, StringRef key, bool first) {
  if (!first && parser.parseComma())
    return failure();
  return failure(parser.parseKeyword(key) || parser.parseEqual());
}

Attribute CalibrationAttr::parse(AsmParser &parser, Type) {
  SMLoc loc = parser.getCurrentLocation();
  std::string method;
  int64_t samples = 0;
  double min = 0, max = 0;
  if (parser.parseLess() || parseKey(parser, "method", true) ||
      parser.parseString(&method) || parseKey(parser, "samples", false) ||
      parser.parseInteger(samples) || parseKey(parser, "min", false) ||
      parser.parseFloat(min) || parseKey(parser, "max", false) ||
      parser.parseFloat(max))
    return {};
  StringAttr table;
  if (succeeded(parser.parseOptionalComma())) {
    std::string text;
    if (parser.parseKeyword("table") || parser.parseEqual() ||
        parser.parseString(&text))
      return {};
    table = parser.getBuilder().getStringAttr(text);
  }
  if (parser.parseGreater())
    return {};
  return getChecked([&] { return parser.emitError(loc); }, parser.getContext(),
                    method, samples, APFloat(min), APFloat(max), table);
}

void CalibrationAttr::print(AsmPrinter &printer) const {
  printer << "<method = ";
  printer.printString(getMethod());
  printer << ", samples = " << getSamples() << ", min = ";
  printer.printFloat(getMin());
  printer << ", max = ";
  printer.printFloat(getMax());
  if (StringAttr table = getTable()) {
    printer << ", table = ";
    printer.printString(table.getValue());
  }
  printer << ">";
}

// NOLINTBEGIN(performance-unnecessary-value-param): ODS declares the signature.
LogicalResult
CalibrationAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                        StringRef method, int64_t samples, APFloat min,
                        APFloat max, StringAttr) {
  if (method.empty())
    return emitError() << "calibration method is empty";
  if (samples < 1)
    return emitError() << "calibration has " << samples
                       << " samples, expected at least 1";
  if (!min.isFinite() || !max.isFinite() || min > max)
    return emitError() << "calibration range [" << min.convertToDouble() << ", "
                       << max.convertToDouble()
                       << "] is no interval of finite numbers";
  return success();
}
// NOLINTEND(performance-unnecessary-value-param)

/// `i8` or `u8`, of any width.
static ParseResult parseStorage(AsmParser &parser, unsigned &bits,
                                bool &isSigned) {
  SMLoc loc = parser.getCurrentLocation();
  StringRef word;
  if (parser.parseKeyword(&word))
    return failure();
  isSigned = word.starts_with("i");
  if ((!isSigned && !word.starts_with("u")) ||
      word.drop_front().getAsInteger(10, bits))
    return parser.emitError(loc)
           << "'" << word << "' is no storage; expected i8, u8, i16, ...";
  return success();
}

Attribute PolicyAttr::parse(AsmParser &parser, Type) {
  SMLoc loc = parser.getCurrentLocation();
  unsigned bits = 0;
  bool isSigned = true;
  if (parser.parseLess() || parseStorage(parser, bits, isSigned))
    return {};
  bool comma = succeeded(parser.parseOptionalComma());
  // Whether `word` is next; if so it takes the comma behind it too.
  auto takeWord = [&](StringRef word) {
    if (!comma || failed(parser.parseOptionalKeyword(word)))
      return false;
    comma = succeeded(parser.parseOptionalComma());
    return true;
  };
  Granularity granularity = Granularity::Tensor;
  int64_t blockSize = 0;
  if (takeWord("channel")) {
    granularity = Granularity::Channel;
  } else if (comma && succeeded(parser.parseOptionalKeyword("block"))) {
    granularity = Granularity::Block;
    if (parser.parseEqual() || parser.parseInteger(blockSize))
      return {};
    comma = succeeded(parser.parseOptionalComma());
  }
  bool symmetric = takeWord("symmetric");
  bool narrow = takeWord("narrow");
  auto scale =
      takeWord("power_of_two") ? ScaleKind::PowerOfTwo : ScaleKind::Free;
  std::string method;
  if (comma && (parser.parseKeyword("method") || parser.parseEqual() ||
                parser.parseString(&method)))
    return {};
  if (parser.parseGreater())
    return {};
  return getChecked([&] { return parser.emitError(loc); }, parser.getContext(),
                    bits, isSigned, granularity, blockSize, symmetric, narrow,
                    scale, method);
}

void PolicyAttr::print(AsmPrinter &printer) const {
  printer << "<" << (getIsSigned() ? "i" : "u") << getBits();
  if (getGranularity() == Granularity::Channel)
    printer << ", channel";
  if (getGranularity() == Granularity::Block)
    printer << ", block = " << getBlockSize();
  if (getSymmetric())
    printer << ", symmetric";
  if (getNarrow())
    printer << ", narrow";
  if (getScale() == ScaleKind::PowerOfTwo)
    printer << ", power_of_two";
  if (!getMethod().empty()) {
    printer << ", method = ";
    printer.printString(getMethod());
  }
  printer << ">";
}

LogicalResult PolicyAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                 unsigned bits, bool, Granularity granularity,
                                 int64_t blockSize, bool, bool, ScaleKind,
                                 StringRef) {
  if (bits < 2 || bits > 16) // P1
    return emitError() << "storage of " << bits
                       << " bits, expected 2 to 16 bits";
  if (granularity == Granularity::Block ? blockSize < 1 : blockSize != 0) // P2
    return emitError() << "blocks of " << blockSize
                       << " elements, expected at least 1";
  return success();
}

} // namespace quantc::qnn
