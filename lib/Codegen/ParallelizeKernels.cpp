// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// One team of threads for the whole model: starting one a kernel would cost
// more than small kernels take. Which loops may be shared out is said by
// ParallelLoop.h, what must wait for what by BufferAccess.h.
#include "quantc/Codegen/ModelInterface.h"
#include "quantc/Codegen/Passes.h"
#include "quantc/Dialect/QVec/IR/QVecOps.h"

#include "BufferAccess.h"
#include "EntryFunction.h"
#include "LoopAccess.h"
#include "ParallelLoop.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/OpenMP/OpenMPDialect.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/Remarks.h"

using namespace mlir;

namespace quantc::codegen {
#define GEN_PASS_DEF_PARALLELIZEKERNELSPASS
#include "quantc/Codegen/Passes.h.inc"

namespace {

/// The shared loops of a model together compute at least so many times what one
/// of them must: starting a team costs more than a barrier.
constexpr int64_t kMinTeamWork = 20;
/// A loop whose slowest thread does this part more than the average is joined
/// with the next one.
constexpr double kMaxImbalance = 1.04;

std::optional<int64_t> getTripCount(scf::ForOp loop) {
  std::optional<APInt> count = loop.getStaticTripCount();
  if (!count)
    return std::nullopt;
  return count->getSExtValue();
}

/// Registers of 256 bits that a value of `type` takes; 0 for a scalar, which is
/// mostly an address.
int64_t countRegisters(Type type) {
  if (auto tile = dyn_cast<qvec::TileType>(type))
    return tile.getRows() * tile.getColumns() *
           tile.getElementType().getWidth() / 256;
  auto vector = dyn_cast<VectorType>(type);
  if (!vector)
    return 0;
  Type element = vector.getElementType();
  int64_t bits = element.isIntOrFloat() ? element.getIntOrFloatBitWidth() : 64;
  return llvm::divideCeil(vector.getNumElements() * bits, 256);
}

/// Machine operations of `op` and all that is in it, roughly.
int64_t estimateWork(Operation *op) {
  int64_t work = 0;
  for (Region &region : op->getRegions())
    for (Operation &inner : region.getOps())
      work += estimateWork(&inner);
  if (auto loop = dyn_cast<scf::ForOp>(op))
    return work * getTripCount(loop).value_or(1);
  int64_t own = 0;
  for (Type type : op->getOperandTypes()) {
    bool isStore = isa<MemRefType>(type) && op->getNumResults() == 0;
    own = std::max(own, isStore ? 1 : countRegisters(type));
  }
  for (Type type : op->getResultTypes())
    own = std::max(own, countRegisters(type));
  return work + own;
}

/// The slowest thread's share over the average one.
double getImbalance(int64_t iterations, unsigned threads) {
  return double(llvm::divideCeil(iterations, threads)) * threads / iterations;
}

/// The loop that is all that `loop` does but for free operations, or null.
scf::ForOp getOnlyInnerLoop(scf::ForOp loop) {
  scf::ForOp only;
  for (Operation &op : loop.getBody()->without_terminator()) {
    auto inner = dyn_cast<scf::ForOp>(op);
    if (inner ? bool(only) : !isMemoryEffectFree(&op) || op.getNumRegions() > 0)
      return nullptr;
    if (inner)
      only = inner;
  }
  bool independent =
      only && isMarkedParallel(only) && !only.getNumResults() &&
      getTripCount(only) && llvm::all_of(only->getOperands(), [&](Value bound) {
        return !loop->isAncestor(bound.getParentRegion()->getParentOp());
      });
  return independent ? only : nullptr;
}

/// Calls `visit` with each operation in `nest` that reads memory, and the
/// buffer.
void forEachRead(Operation *nest,
                 llvm::function_ref<void(Operation *, Value)> visit) {
  nest->walk([&](Operation *op) {
    if (hasEffect<MemoryEffects::Read>(op))
      for (Value operand : op->getOperands())
        if (isa<MemRefType>(operand.getType()))
          visit(op, operand);
  });
}

/// Whether the iterations of `loop` read different parts of constants, as over
/// panels of weights, or of other memory, as over rows of an image.
bool readsVaryIn(scf::ForOp loop, bool ofConstants) {
  bool found = false;
  forEachRead(loop, [&](Operation *op, Value buffer) {
    found |= ofConstants == !resolveBuffer(buffer) && indicesVaryIn(op, loop);
  });
  return found;
}

/// Whether `nest` reads more bytes of constants than of other memory.
bool readsMoreConstants(Operation *nest) {
  llvm::SmallSetVector<Value, 8> buffers;
  forEachRead(nest, [&](Operation *, Value buffer) { buffers.insert(buffer); });
  int64_t constants = 0, others = 0;
  for (Value buffer : buffers)
    (resolveBuffer(buffer) ? others : constants) +=
        cast<MemRefType>(buffer.getType()).getNumElements();
  return constants > others;
}

/// How a nest is shared out: the outer loop alone, both as one, or the inner
/// loop alone in every iteration of the outer one.
struct Partition {
  scf::ForOp outer;
  scf::ForOp inner;
  bool sharesOuter = true;
};

std::optional<Partition> choosePartition(scf::ForOp loop, unsigned threads,
                                         int64_t minWork) {
  if (!isMarkedParallel(loop) || loop.getNumResults() ||
      !getTripCount(loop).value_or(0) || estimateWork(loop) < minWork)
    return std::nullopt;
  // Memory that every iteration uses for itself exists once.
  if (loop.walk([](memref::ViewOp) { return WalkResult::interrupt(); })
          .wasInterrupted())
    return std::nullopt;
  Partition partition{loop, getOnlyInnerLoop(loop)};
  auto isEven = [&](scf::ForOp shared) {
    return getImbalance(getTripCount(shared).value_or(1), threads) <=
           kMaxImbalance;
  };
  // Rows that a thread wrote in the layer before are in its cache.
  if (partition.inner && isEven(partition.inner) &&
      readsVaryIn(loop, /*ofConstants=*/true) &&
      readsVaryIn(partition.inner, /*ofConstants=*/false) &&
      !readsMoreConstants(loop)) {
    partition.sharesOuter = false;
    return partition;
  }
  if (isEven(loop))
    partition.inner = nullptr;
  int64_t iterations = getTripCount(loop).value_or(1);
  if (partition.inner)
    iterations *= getTripCount(partition.inner).value_or(1);
  if (iterations < 2)
    return std::nullopt;
  return partition;
}

/// Replaces a loop, or two of which one is all that the other does, by one
/// whose iterations the threads of the team divide in contiguous, equal parts.
/// There is no barrier at its end.
void shareLoops(RewriterBase &rewriter, ArrayRef<scf::ForOp> loops) {
  scf::ForOp outer = loops.front(), innermost = loops.back();
  Location loc = outer.getLoc();
  rewriter.setInsertionPoint(outer);
  omp::WsloopOperands clauses;
  clauses.nowait = rewriter.getUnitAttr();
  clauses.scheduleKind = omp::ClauseScheduleKindAttr::get(
      rewriter.getContext(), omp::ClauseScheduleKind::Static);
  auto shared = omp::WsloopOp::create(rewriter, loc, clauses);
  rewriter.createBlock(&shared.getRegion());

  omp::LoopNestOperands bounds;
  for (scf::ForOp loop : loops) {
    bounds.loopLowerBounds.push_back(loop.getLowerBound());
    bounds.loopUpperBounds.push_back(loop.getUpperBound());
    bounds.loopSteps.push_back(loop.getStep());
  }
  if (loops.size() > 1)
    bounds.collapseNumLoops = rewriter.getI64IntegerAttr(loops.size());
  auto nest = omp::LoopNestOp::create(rewriter, loc, bounds);
  Block *body = rewriter.createBlock(&nest.getRegion());
  omp::YieldOp end = omp::YieldOp::create(rewriter, loc);
  for (scf::ForOp loop : loops) {
    for (Operation &op :
         llvm::make_early_inc_range(loop.getBody()->without_terminator()))
      if (&op != innermost)
        rewriter.moveOpBefore(&op, end);
    Value variable = loop.getInductionVar();
    rewriter.replaceAllUsesWith(variable,
                                body->addArgument(variable.getType(), loc));
  }
  rewriter.eraseOp(outer);
}

void shareNest(RewriterBase &rewriter, const Partition &partition) {
  if (!partition.inner)
    return shareLoops(rewriter, {partition.outer});
  if (partition.sharesOuter)
    return shareLoops(rewriter, {partition.outer, partition.inner});
  shareLoops(rewriter, {partition.inner});
}

bool writesMemory(Operation *op) {
  return llvm::any_of(getBufferAccesses(op), [](const BufferAccess &access) {
    return access.isWrite;
  });
}

bool anyConflict(ArrayRef<BufferAccess> earlier, ArrayRef<BufferAccess> later) {
  return llvm::any_of(earlier, [&](const BufferAccess &a) {
    return llvm::any_of(later,
                        [&](const BufferAccess &b) { return conflict(a, b); });
  });
}

/// The body of the team: every thread runs all of it, but of a shared loop each
/// its part, and one thread alone what is masked.
class Team {
public:
  Team(RewriterBase &rewriter, Block &body) : rewriter(rewriter), body(body) {}

  /// Chooses what one thread does alone. Says, before anything is changed, what
  /// keeps the loops from being shared; null if nothing does.
  const char *findObstacle(const DenseMap<Operation *, Partition> &shared);
  void share(const DenseMap<Operation *, Partition> &shared);
  void maskAlone();
  void synchronize();

private:
  /// The operations between two shared loops, which `section` numbers.
  bool chooseAlone();
  bool canReplicate();

  RewriterBase &rewriter;
  Block &body;
  DenseMap<Operation *, unsigned> section;
  /// What one thread does alone: everything that writes and is not shared, and
  /// what is computed for nothing else in the same section.
  DenseSet<Operation *> alone;
};

const char *Team::findObstacle(const DenseMap<Operation *, Partition> &shared) {
  unsigned number = 1;
  for (Operation &op : body.without_terminator()) {
    if (shared.contains(&op))
      ++number;
    else
      section[&op] = number;
  }
  if (!chooseAlone())
    return "a value that is not in memory would go between ";
  return canReplicate() ? nullptr
                        : "what one thread writes would be read too early by ";
}

bool Team::chooseAlone() {
  for (Operation &op : llvm::reverse(body.without_terminator())) {
    unsigned here = section.lookup(&op);
    if (here == 0)
      continue;
    bool usedAlone = llvm::all_of(op.getUsers(), [&](Operation *user) {
      Operation *at = body.findAncestorOpInBlock(*user);
      return alone.contains(at) && section.lookup(at) == here;
    });
    bool writes = writesMemory(&op);
    if (writes && !usedAlone)
      return false;
    if (writes || (usedAlone && !op.use_empty()))
      alone.insert(&op);
  }
  return true;
}

/// Whether what all threads do may move in front of what one does alone in its
/// section.
bool Team::canReplicate() {
  DenseMap<unsigned, SmallVector<BufferAccess>> before;
  for (Operation &op : body.without_terminator()) {
    SmallVector<BufferAccess> &earlier = before[section.lookup(&op)];
    if (alone.contains(&op))
      llvm::append_range(earlier, getBufferAccesses(&op));
    else if (section.lookup(&op) &&
             anyConflict(earlier, getBufferAccesses(&op)))
      return false;
  }
  return true;
}

void Team::share(const DenseMap<Operation *, Partition> &shared) {
  for (Operation &op : llvm::make_early_inc_range(body))
    if (auto found = shared.find(&op); found != shared.end())
      shareNest(rewriter, found->second);
}

/// One masked region a section.
void Team::maskAlone() {
  Operation *end = nullptr, *masked = nullptr;
  for (Operation &op : llvm::make_early_inc_range(body.without_terminator())) {
    if (section.lookup(&op) == 0) {
      masked = nullptr;
      continue;
    }
    if (!alone.contains(&op)) {
      if (masked)
        rewriter.moveOpBefore(&op, masked);
      continue;
    }
    if (!masked) {
      rewriter.setInsertionPoint(&op);
      auto region = omp::MaskedOp::create(rewriter, op.getLoc(), Value());
      rewriter.createBlock(&region.getRegion());
      end = omp::TerminatorOp::create(rewriter, op.getLoc());
      masked = region;
    }
    rewriter.moveOpBefore(&op, end);
  }
}

/// A barrier where an operation touches what another thread may still use.
void Team::synchronize() {
  SmallVector<BufferAccess> byOne, byAll;
  for (Operation &op : llvm::make_early_inc_range(body.without_terminator())) {
    SmallVector<BufferAccess> accesses = getBufferAccesses(&op);
    bool isMasked = isa<omp::MaskedOp>(op);
    if (anyConflict(byAll, accesses) ||
        (!isMasked && anyConflict(byOne, accesses))) {
      rewriter.setInsertionPoint(&op);
      omp::BarrierOp::create(rewriter, op.getLoc());
      byOne.clear();
      byAll.clear();
    }
    llvm::append_range(isMasked ? byOne : byAll, accesses);
  }
}

struct ParallelizeKernelsPass
    : public impl::ParallelizeKernelsPassBase<ParallelizeKernelsPass> {
  using ParallelizeKernelsPassBase::ParallelizeKernelsPassBase;

  void runOnOperation() override {
    if (threads == 0) {
      getOperation().emitError() << "threads: expected a number above zero";
      return signalPassFailure();
    }
    FailureOr<func::FuncOp> entry = findEntryOfOneBlock(getOperation());
    if (failed(entry))
      return signalPassFailure();
    func::FuncOp function = *entry;
    if (threads > 1)
      parallelize(function);
    getOperation().walk(
        [](scf::ForOp loop) { loop->removeAttr(kParallelAttrName); });
  }

private:
  void parallelize(func::FuncOp function) {
    Block &body = function.getBody().front();
    DenseMap<Operation *, Partition> shared;
    int64_t work = 0;
    for (auto loop : body.getOps<scf::ForOp>())
      if (auto partition = choosePartition(loop, threads, minWork)) {
        shared[loop] = *partition;
        work += estimateWork(loop);
      }
    IRRewriter rewriter(&getContext());
    Team team(rewriter, body);
    bool isWorthIt = !shared.empty() && work >= kMinTeamWork * minWork;
    const char *obstacle = isWorthIt
                               ? team.findObstacle(shared)
                               : "its kernels are too small to be shared by ";
    if (obstacle) {
      remark::missed(
          function.getLoc(),
          remark::RemarkOpts::name("OneThread").category("qnn-codegen"))
          << obstacle << std::to_string(threads)
          << " threads; the model runs on one";
      return;
    }
    team.share(shared);
    team.maskAlone();
    team.synchronize();
    enclose(rewriter, function);
    recordThreads();
  }

  void recordThreads() {
    if (!getOperation()->hasAttr(kInterfaceAttrName))
      return;
    FailureOr<ModelInterface> interface = readInterface(getOperation());
    if (failed(interface))
      return signalPassFailure();
    interface->threads = threads;
    recordInterface(getOperation(), *interface);
  }

  /// Everything but the return becomes the body of one parallel region, so that
  /// threads share nothing but the arguments.
  void enclose(RewriterBase &rewriter, func::FuncOp function) {
    Block &body = function.getBody().front();
    Location loc = function.getLoc();
    SmallVector<Operation *> inside;
    for (Operation &op : body.without_terminator())
      inside.push_back(&op);
    rewriter.setInsertionPoint(body.getTerminator());
    omp::ParallelOperands clauses;
    clauses.numThreads =
        arith::ConstantIntOp::create(rewriter, loc, threads, 32);
    auto parallel = omp::ParallelOp::create(rewriter, loc, clauses);
    rewriter.createBlock(&parallel.getRegion());
    auto end = omp::TerminatorOp::create(rewriter, loc);
    for (Operation *op : inside)
      rewriter.moveOpBefore(op, end);
  }
};

} // namespace
} // namespace quantc::codegen
