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

} // namespace quantc::qnn
