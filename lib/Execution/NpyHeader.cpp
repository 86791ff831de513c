// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The header of an npy array: a Python dictionary literal of three known keys.
// Only the literals that the format allows are understood; nothing is
// evaluated.
#include "quantc/Execution/Npz.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"

namespace quantc::exec {

namespace {
/// Walks over the text of the literal once. Each method either consumes what it
/// is named after or leaves an error behind.
class HeaderParser {
public:
  explicit HeaderParser(llvm::StringRef text) : text(text) {}

  llvm::Expected<NpyHeader> parse();

private:
  llvm::Error parseEntry();
  llvm::Error parseElementType();
  llvm::Error parseOrder();
  llvm::Error parseShape();
  llvm::Expected<llvm::StringRef> parseString();

  bool consume(llvm::StringRef token) {
    text = text.ltrim();
    return text.consume_front(token);
  }
  static llvm::Error malformed() {
    return llvm::createStringError("the npy header is malformed");
  }

  llvm::StringRef text;
  NpyHeader header;
  bool hasType = false, hasOrder = false, hasShape = false;
  bool fortranOrder = false;
};
} // namespace

llvm::Expected<llvm::StringRef> HeaderParser::parseString() {
  llvm::StringRef quote = consume("'") ? "'" : consume("\"") ? "\"" : "";
  size_t end = quote.empty() ? llvm::StringRef::npos : text.find(quote);
  if (end == llvm::StringRef::npos)
    return malformed();
  llvm::StringRef value = text.take_front(end);
  text = text.drop_front(end + 1);
  return value;
}

/// Why an array cannot hold the numbers of a tensor.
static llvm::Error refuseElementType(llvm::StringRef descr) {
  llvm::StringRef what =
      llvm::StringSwitch<llvm::StringRef>(descr.ltrim("<>|=").take_front())
          .Case("O", "pickled Python objects")
          .Case("c", "complex numbers")
          .Cases({"U", "S", "a"}, "text")
          .Cases({"M", "m"}, "dates")
          .Case("V", "raw bytes")
          .Default("elements of an unknown type");
  return llvm::createStringError("holds " + what + " ('" + descr +
                                 "'), not numbers");
}

llvm::Error HeaderParser::parseElementType() {
  text = text.ltrim();
  if (text.starts_with("["))
    return llvm::createStringError("holds records, not numbers");
  llvm::Expected<llvm::StringRef> descr = parseString();
  if (!descr)
    return descr.takeError();
  llvm::StringRef name = *descr;
  char order = name.empty() ? ' ' : name.front();
  if (llvm::StringRef("<>|=").contains(order))
    name = name.drop_front();
  auto type = llvm::StringSwitch<std::optional<ElementType>>(name)
                  .Cases({"b1", "?"}, ElementType::Bool)
                  .Case("i1", ElementType::I8)
                  .Case("u1", ElementType::U8)
                  .Case("i2", ElementType::I16)
                  .Case("u2", ElementType::U16)
                  .Case("i4", ElementType::I32)
                  .Case("u4", ElementType::U32)
                  .Case("i8", ElementType::I64)
                  .Case("u8", ElementType::U64)
                  .Case("f2", ElementType::F16)
                  .Case("f4", ElementType::F32)
                  .Case("f8", ElementType::F64)
                  .Default(std::nullopt);
  if (!type)
    return refuseElementType(*descr);
  header.type = *type;
  bool isOneByte = getByteSize(*type) == 1;
  constexpr char native =
      llvm::endianness::native == llvm::endianness::little ? '<' : '>';
  header.swapBytes =
      !isOneByte && (order == '<' || order == '>') && order != native;
  hasType = true;
  return llvm::Error::success();
}

llvm::Error HeaderParser::parseOrder() {
  fortranOrder = consume("True");
  if (!fortranOrder && !consume("False"))
    return malformed();
  hasOrder = true;
  return llvm::Error::success();
}

llvm::Error HeaderParser::parseShape() {
  if (!consume("("))
    return malformed();
  // A comma may follow the last extent, and must where it is the only one.
  while (!consume(")")) {
    int64_t extent;
    text = text.ltrim();
    if (text.consumeInteger(10, extent) || extent < 0)
      return malformed();
    // Old versions of Python wrote long integers as 3L.
    consume("L");
    header.shape.push_back(extent);
    if (!consume(",") && !text.ltrim().starts_with(")"))
      return malformed();
  }
  hasShape = true;
  return llvm::Error::success();
}

llvm::Error HeaderParser::parseEntry() {
  llvm::Expected<llvm::StringRef> key = parseString();
  if (!key)
    return key.takeError();
  if (!consume(":"))
    return malformed();
  if (*key == "descr" && !hasType)
    return parseElementType();
  if (*key == "fortran_order" && !hasOrder)
    return parseOrder();
  if (*key == "shape" && !hasShape)
    return parseShape();
  return malformed();
}

llvm::Expected<NpyHeader> HeaderParser::parse() {
  if (!consume("{"))
    return malformed();
  while (!consume("}")) {
    if (llvm::Error error = parseEntry())
      return error;
    if (!consume(",") && !text.ltrim().starts_with("}"))
      return malformed();
  }
  if (!text.trim().empty() || !hasType || !hasOrder || !hasShape)
    return malformed();
  if (!countElements(header.shape, header.type))
    return llvm::createStringError("has the impossible shape " +
                                   formatShape(header.shape));
  // With at most one extent above one, both orders are the same.
  if (fortranOrder && llvm::count_if(header.shape, [](int64_t extent) {
                        return extent > 1;
                      }) > 1)
    return llvm::createStringError(
        "is stored in Fortran order; save it in C order "
        "(numpy.ascontiguousarray)");
  return header;
}

llvm::Expected<NpyHeader> parseNpyHeader(llvm::StringRef literal) {
  return HeaderParser(literal).parse();
}

static llvm::StringRef getNumpyName(ElementType type) {
  static constexpr llvm::StringLiteral names[] = {
      "b1", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8"};
  return names[static_cast<size_t>(type)];
}

std::string formatNpyHeader(ElementType type, llvm::ArrayRef<int64_t> shape) {
  constexpr char native =
      llvm::endianness::native == llvm::endianness::little ? '<' : '>';
  std::string text = "{'descr': '";
  text += getByteSize(type) == 1 ? '|' : native;
  text += getNumpyName(type);
  text += "', 'fortran_order': False, 'shape': (";
  for (int64_t extent : shape)
    text += std::to_string(extent) + (shape.size() == 1 ? "," : ", ");
  if (shape.size() > 1)
    text.resize(text.size() - 2);
  text += "), }";

  // Magic, version and length take 10 bytes; the data starts at a multiple of
  // 64 behind a newline.
  size_t total = llvm::alignTo(10 + text.size() + 1, 64);
  text.resize(total - 10 - 1, ' ');
  text += '\n';
  std::string result("\x93NUMPY\x01\x00", 8);
  result += static_cast<char>(text.size() & 0xff);
  result += static_cast<char>(text.size() >> 8);
  return result + text;
}

} // namespace quantc::exec
