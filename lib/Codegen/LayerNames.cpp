// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Locations are followed to where a user would look: an inlined operation
// belongs to its callee, a fused one to all of its parts.
#include "LayerNames.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace quantc::codegen {

static void collect(Location loc, SmallVectorImpl<std::string> &names) {
  auto add = [&](std::string name) {
    if (!llvm::is_contained(names, name))
      names.push_back(std::move(name));
  };
  if (auto name = dyn_cast<NameLoc>(loc))
    add(name.getName().str());
  else if (auto file = dyn_cast<FileLineColLoc>(loc))
    add((file.getFilename().getValue() + ":" + Twine(file.getLine()) + ":" +
         Twine(file.getColumn()))
            .str());
  else if (auto call = dyn_cast<CallSiteLoc>(loc))
    collect(call.getCallee(), names);
  else if (auto fused = dyn_cast<FusedLoc>(loc))
    for (Location part : fused.getLocations())
      collect(part, names);
}

llvm::SmallVector<std::string> getLayerNames(Location loc) {
  llvm::SmallVector<std::string> names;
  collect(loc, names);
  return names;
}

std::string joinLayerNames(ArrayRef<std::string> names) {
  return names.empty() ? "unnamed" : llvm::join(names, "+");
}

} // namespace quantc::codegen
