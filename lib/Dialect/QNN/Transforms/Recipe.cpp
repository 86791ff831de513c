// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The YAML form of a recipe. LLVM's parser gives the tree and the places; what
// a key means is said here, one setter a key.
#include "Recipe.h"

#include "quantc/Calibration/Method.h"

#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/YAMLParser.h"

using namespace mlir;

namespace quantc::qnn {

bool RecipeRule::matches(const RecipeSubject &subject) const {
  auto matchesAny = [](const std::optional<llvm::GlobPattern> &pattern,
                       ArrayRef<StringRef> candidates) {
    return !pattern || llvm::any_of(candidates, [&](StringRef candidate) {
      return pattern->match(candidate);
    });
  };
  if (role && *role != subject.role)
    return false;
  if (staysFloat && !subject.isOperation)
    return false;
  return matchesAny(name, subject.names) && matchesAny(kind, subject.kinds);
}

TensorPolicy RecipeRule::getPolicy(TensorRole role) const {
  bool isWeight = role == TensorRole::Weight;
  TensorPolicy policy = isWeight ? TensorPolicy::weight() : TensorPolicy();
  policy.bits = bits.value_or(policy.bits);
  policy.granularity = granularity.value_or(policy.granularity);
  policy.blockSize = blockSize;
  policy.symmetric = symmetric.value_or(policy.symmetric);
  // An asymmetric weight has no reason to give up an integer.
  policy.narrow = narrow.value_or(policy.narrow && policy.symmetric);
  policy.isSigned = isSigned.value_or(policy.isSigned);
  policy.scale = scale.value_or(policy.scale);
  if (!isWeight)
    policy.method = method;
  return policy;
}

namespace {

constexpr StringLiteral kKeys =
    "name, op, role, float, bits, granularity, block-size, symmetric, narrow, "
    "signed, scale, method";

/// Of all {one,other} of a pattern together.
constexpr size_t kMaxAlternatives = 1024;

class RecipeReader {
public:
  RecipeReader(StringRef path, MLIRContext *context)
      : path(path), context(context) {}

  FailureOr<Recipe> read();

private:
  InFlightDiagnostic error(SMLoc place);
  FileLineColLoc getLoc(SMLoc place) const;
  void readTop(llvm::yaml::Node *root);
  void readRule(llvm::yaml::Node &node);
  void readEntry(llvm::yaml::KeyValueNode &entry, RecipeRule &rule,
                 llvm::StringSet<> &seen);
  /// What is wrong with `text` as the value of `key`, or nothing.
  std::optional<std::string> setKey(StringRef key, StringRef text,
                                    RecipeRule &rule);
  void checkRule(const RecipeRule &rule, SMLoc place);

  StringRef path;
  MLIRContext *context;
  llvm::SourceMgr sources;
  Recipe recipe;
  bool failedAny = false;
};

FileLineColLoc RecipeReader::getLoc(SMLoc place) const {
  auto [line, column] =
      place.isValid() ? sources.getLineAndColumn(place) : std::pair(1u, 1u);
  return FileLineColLoc::get(context, path, line, column);
}

InFlightDiagnostic RecipeReader::error(SMLoc place) {
  failedAny = true;
  return emitError(getLoc(place));
}

FailureOr<Recipe> RecipeReader::read() {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/true);
  if (!buffer) {
    emitError(UnknownLoc::get(context))
        << "cannot read '" << path << "': " << buffer.getError().message();
    return failure();
  }
  sources.setDiagHandler(
      [](const llvm::SMDiagnostic &diagnostic, void *self) {
        static_cast<RecipeReader *>(self)->error(diagnostic.getLoc())
            << diagnostic.getMessage();
      },
      this);
  llvm::yaml::Stream stream((*buffer)->getMemBufferRef(), sources);
  auto document = stream.begin();
  readTop(document == stream.end() ? nullptr : document->getRoot());
  if (!failedAny && !stream.failed() && ++document != stream.end())
    if (llvm::yaml::Node *second = document->getRoot())
      error(second->getSourceRange().Start)
          << "expected one document; a recipe has no second one";
  if (failedAny || stream.failed())
    return failure();
  return std::move(recipe);
}

void RecipeReader::readTop(llvm::yaml::Node *root) {
  auto *top = dyn_cast_or_null<llvm::yaml::MappingNode>(root);
  if (!top) {
    if (!failedAny)
      error(root ? root->getSourceRange().Start : SMLoc())
          << "expected a mapping with the key 'rules'";
    return;
  }
  bool hasRules = false;
  for (llvm::yaml::KeyValueNode &entry : *top) {
    SmallString<32> storage;
    auto *key = dyn_cast_or_null<llvm::yaml::ScalarNode>(entry.getKey());
    if (!key)
      return;
    if (key->getValue(storage) != "rules") {
      error(key->getSourceRange().Start)
          << "unknown key '" << key->getValue(storage) << "'; expected 'rules'";
      entry.skip();
      continue;
    }
    if (hasRules) {
      error(key->getSourceRange().Start) << "the key 'rules' is given twice";
      entry.skip();
      continue;
    }
    hasRules = true;
    auto *rules = dyn_cast_or_null<llvm::yaml::SequenceNode>(entry.getValue());
    if (!rules) {
      error(key->getSourceRange().Start) << "expected a list of rules";
      return;
    }
    for (llvm::yaml::Node &rule : *rules)
      readRule(rule);
  }
  if (!failedAny && (!hasRules || recipe.rules.empty()))
    error(top->getSourceRange().Start) << "expected at least one rule";
}

void RecipeReader::readRule(llvm::yaml::Node &node) {
  SMLoc place = node.getSourceRange().Start;
  auto *mapping = dyn_cast<llvm::yaml::MappingNode>(&node);
  if (!mapping) {
    error(place) << "expected a rule: a mapping of keys to values";
    return;
  }
  RecipeRule rule;
  rule.loc = getLoc(place);
  llvm::StringSet<> seen;
  for (llvm::yaml::KeyValueNode &entry : *mapping)
    readEntry(entry, rule, seen);
  checkRule(rule, place);
  recipe.rules.push_back(std::move(rule));
}

void RecipeReader::readEntry(llvm::yaml::KeyValueNode &entry, RecipeRule &rule,
                             llvm::StringSet<> &seen) {
  SmallString<32> keyStorage, textStorage;
  // Where a node is missing, the parser has said why.
  llvm::yaml::Node *keyNode = entry.getKey();
  if (!keyNode)
    return;
  auto *key = dyn_cast<llvm::yaml::ScalarNode>(keyNode);
  if (!key) {
    error(keyNode->getSourceRange().Start) << "expected a key";
    return entry.skip();
  }
  StringRef name = key->getValue(keyStorage);
  llvm::yaml::Node *valueNode = entry.getValue();
  if (!valueNode)
    return;
  auto *value = dyn_cast<llvm::yaml::ScalarNode>(valueNode);
  if (!value) {
    error(key->getSourceRange().Start)
        << "expected one value for '" << name << "'";
    return valueNode->skip();
  }
  StringRef text = value->getValue(textStorage);
  bool isKey = llvm::is_contained(llvm::split(kKeys, ", "), name);
  if (!isKey)
    error(key->getSourceRange().Start)
        << "unknown key '" << name << "'; expected one of " << kKeys;
  else if (!seen.insert(name).second)
    error(key->getSourceRange().Start)
        << "the key '" << name << "' is given twice";
  else if (std::optional<std::string> expected = setKey(name, text, rule))
    error(value->getSourceRange().Start) << "'" << text << "' is no value of '"
                                         << name << "'; expected " << *expected;
}

std::optional<std::string> setPattern(StringRef text,
                                      std::optional<llvm::GlobPattern> &result,
                                      MLIRContext *context) {
  // The pattern refers to its text, which has to live as long as it does.
  llvm::Expected<llvm::GlobPattern> pattern = llvm::GlobPattern::create(
      StringAttr::get(context, text).getValue(), kMaxAlternatives);
  if (!pattern)
    return "a pattern: " + toString(pattern.takeError());
  result = *pattern;
  return std::nullopt;
}

std::optional<std::string> setBool(StringRef text,
                                   std::optional<bool> &result) {
  result = llvm::StringSwitch<std::optional<bool>>(text)
               .Case("true", true)
               .Case("false", false)
               .Default(std::nullopt);
  return result ? std::nullopt : std::optional<std::string>("true or false");
}

template <typename T>
std::optional<std::string> expectSet(const std::optional<T> &result,
                                     const char *expected) {
  return result ? std::nullopt : std::optional<std::string>(expected);
}

std::optional<std::string> RecipeReader::setKey(StringRef key, StringRef text,
                                                RecipeRule &rule) {
  if (key == "name")
    return setPattern(text, rule.name, context);
  if (key == "op")
    return setPattern(text, rule.kind, context);
  if (key == "role") {
    rule.role = llvm::StringSwitch<std::optional<TensorRole>>(text)
                    .Case("activation", TensorRole::Activation)
                    .Case("weight", TensorRole::Weight)
                    .Default(std::nullopt);
    return expectSet(rule.role, "activation or weight");
  }
  if (key == "float") {
    std::optional<bool> value;
    std::optional<std::string> expected = setBool(text, value);
    rule.staysFloat = value.value_or(false);
    return expected;
  }
  if (key == "bits") {
    unsigned bits = 0;
    if (text.getAsInteger(10, bits) || bits < 2 || bits > 16)
      return "a number from 2 to 16";
    rule.bits = bits;
    return std::nullopt;
  }
  if (key == "granularity") {
    rule.granularity = llvm::StringSwitch<std::optional<Granularity>>(text)
                           .Case("tensor", Granularity::Tensor)
                           .Case("channel", Granularity::Channel)
                           .Case("block", Granularity::Block)
                           .Default(std::nullopt);
    return expectSet(rule.granularity, "tensor, channel or block");
  }
  if (key == "block-size") {
    if (text.getAsInteger(10, rule.blockSize) || rule.blockSize < 1)
      return "a number of weights, at least 1";
    return std::nullopt;
  }
  if (key == "symmetric")
    return setBool(text, rule.symmetric);
  if (key == "narrow")
    return setBool(text, rule.narrow);
  if (key == "signed")
    return setBool(text, rule.isSigned);
  if (key == "scale") {
    rule.scale = llvm::StringSwitch<std::optional<ScaleKind>>(text)
                     .Case("free", ScaleKind::Free)
                     .Case("power-of-two", ScaleKind::PowerOfTwo)
                     .Default(std::nullopt);
    return expectSet(rule.scale, "free or power-of-two");
  }
  std::optional<CalibrationMethod> method = parseMethod(text);
  if (!method || method == CalibrationMethod::MovingAverage)
    return "min-max, percentile, entropy, mse, octav or auto";
  rule.method = text.str();
  return std::nullopt;
}

/// What belongs together in one rule.
void RecipeReader::checkRule(const RecipeRule &rule, SMLoc place) {
  bool isWeight = rule.role == TensorRole::Weight;
  bool isActivation = rule.role == TensorRole::Activation;
  bool setsBlocks = rule.granularity == Granularity::Block;
  bool setsFormat = rule.bits || rule.granularity || rule.blockSize ||
                    rule.symmetric || rule.narrow || rule.isSigned ||
                    rule.scale || !rule.method.empty();
  if (rule.staysFloat && (setsFormat || rule.role))
    error(place) << "'float: true' keeps whole operations in float; expected "
                    "no other key than 'name' and 'op'";
  if ((rule.granularity || rule.blockSize) && !isWeight)
    error(place) << "activations have one scale; 'granularity' and "
                    "'block-size' need 'role: weight'";
  if (setsBlocks != (rule.blockSize != 0))
    error(place) << "'granularity: block' and 'block-size' need each other";
  if (isWeight && !rule.method.empty())
    error(place) << "weights are not calibrated; 'method' needs activations";
  if (rule.bits && *rule.bits > 8 && !isActivation)
    error(place) << "weights have at most 8 bits; 'bits: " << *rule.bits
                 << "' needs 'role: activation'";
  if (rule.bits && *rule.bits < 4 && !isWeight)
    error(place) << "activations have at least 4 bits; 'bits: " << *rule.bits
                 << "' needs 'role: weight'";
}

} // namespace

FailureOr<Recipe> Recipe::read(StringRef path, MLIRContext *context) {
  return RecipeReader(path, context).read();
}

} // namespace quantc::qnn
