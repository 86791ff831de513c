// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The runner is compiled for the model's triple when the model is loaded: its
// source is part of this library, so nothing has to be installed beside it. Its
// protocol is described in Emulator/Runner.c.
#include "quantc/Execution/EmulatedModel.h"

#include "quantc/Execution/SharedObjectFile.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace quantc::exec {

static constexpr llvm::StringLiteral kRunnerSource =
#include "quantc/Execution/RunnerSource.inc"
    ;

/// What the runner says first: whatever else is on its standard output, from a
/// command that is no emulator or from a chatty one, would pass for outputs.
static constexpr llvm::StringLiteral kGreeting = "quant-run runner";

static llvm::Error makeError(llvm::StringRef path, const llvm::Twine &message) {
  return llvm::createStringError("'" + path + "': " + message);
}

static std::string readText(llvm::StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  return buffer ? (*buffer)->getBuffer().trim().str() : std::string();
}

//===----------------------------------------------------------------------===//
// The runner
//===----------------------------------------------------------------------===//

/// The name under which distributions install GNU tools for `triple`.
static std::string getGNUName(const llvm::Triple &triple) {
  llvm::StringRef architecture =
      triple.isARM() ? "arm" : llvm::Triple::getArchTypeName(triple.getArch());
  return (architecture + "-" + llvm::Triple::getOSTypeName(triple.getOS()) +
          "-" + llvm::Triple::getEnvironmentTypeName(triple.getEnvironment()))
      .str();
}

namespace {
/// A file that lasts as long as the object.
class TemporaryFile {
public:
  static llvm::Expected<TemporaryFile> create(llvm::StringRef ending) {
    TemporaryFile file;
    if (std::error_code code =
            llvm::sys::fs::createTemporaryFile("quant-run", ending, file.path))
      return llvm::createStringError(code, "cannot make a temporary file: " +
                                               code.message());
    file.remover = std::make_unique<llvm::FileRemover>(file.path);
    return file;
  }

  llvm::StringRef getPath() const { return path; }

private:
  llvm::SmallString<128> path;
  // A remover that is copied would remove twice.
  std::unique_ptr<llvm::FileRemover> remover;
};
} // namespace

/// Runs `words`; what it says becomes the error.
static llvm::Error runCommand(llvm::ArrayRef<llvm::StringRef> words) {
  llvm::Expected<TemporaryFile> log = TemporaryFile::create("log");
  if (!log)
    return log.takeError();
  std::optional<llvm::StringRef> redirects[] = {std::nullopt, log->getPath(),
                                                log->getPath()};
  std::string message;
  if (llvm::sys::ExecuteAndWait(words.front(), words, std::nullopt, redirects,
                                0, 0, &message) == 0)
    return llvm::Error::success();
  std::string said = readText(log->getPath());
  return llvm::createStringError(
      "'" + words.front() + "' failed: " + (said.empty() ? message : said));
}

/// Builds the runner for `triple` into `output`.
static llvm::Error buildRunner(const llvm::Triple &triple,
                               llvm::StringRef output) {
  if (!triple.isOSLinux())
    return llvm::createStringError("--emulator runs models of Linux targets, "
                                   "not of '" +
                                   triple.str() + "'");
  std::string name = getGNUName(triple) + "-gcc";
  auto compiler = llvm::sys::findProgramByName(name);
  if (!compiler)
    return llvm::createStringError("--emulator needs the cross compiler '" +
                                   name + "' on the PATH");
  llvm::Expected<TemporaryFile> source = TemporaryFile::create("c");
  if (!source)
    return source.takeError();
  std::error_code code;
  llvm::raw_fd_ostream stream(source->getPath(), code);
  stream << kRunnerSource;
  stream.close();
  if (code || stream.has_error())
    return llvm::createStringError("cannot write '" + source->getPath() + "'");
  // Float models call the C library's mathematics, and name no library.
  std::string greeting = ("-DRUNNER_GREETING=\"" + kGreeting + "\"").str();
  return runCommand({*compiler, "-O1", greeting, source->getPath(), "-o",
                     output, "-Wl,--no-as-needed", "-lm", "-ldl"});
}

//===----------------------------------------------------------------------===//
// The process
//===----------------------------------------------------------------------===//

struct EmulatedModel::Process {
  Process(std::string path, TemporaryFile program, TemporaryFile log)
      : path(std::move(path)), program(std::move(program)),
        log(std::move(log)) {}

  ~Process() {
    if (socket >= 0)
      close(socket);
    if (id > 0)
      waitpid(id, nullptr, 0);
  }

  llvm::Error start(llvm::ArrayRef<std::string> words);
  llvm::Error send(const void *data, size_t size);
  llvm::Error receive(void *data, size_t size);
  llvm::Error receiveGreeting();

  std::string path;
  TemporaryFile program, log;
  int socket = -1;
  pid_t id = 0;

private:
  /// The process has ended: what it said, or how it ended.
  llvm::Error explainEnd();
};

llvm::Error EmulatedModel::Process::start(llvm::ArrayRef<std::string> words) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
    return makeError(path, "no socket: " + llvm::sys::StrError());
  socket = ends[0];
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO,
                                   log.getPath().str().c_str(),
                                   O_WRONLY | O_TRUNC, 0);
  std::vector<char *> argv;
  for (const std::string &word : words)
    argv.push_back(const_cast<char *>(word.c_str()));
  argv.push_back(nullptr);
  int failure =
      posix_spawnp(&id, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  if (!failure)
    return llvm::Error::success();
  id = 0;
  return llvm::createStringError("--emulator: cannot start '" + words.front() +
                                 "': " + llvm::sys::StrError(failure));
}

llvm::Error EmulatedModel::Process::explainEnd() {
  int status = 0;
  pid_t ended = waitpid(id, &status, 0);
  id = 0;
  std::string reason = readText(log.getPath());
  llvm::replace(reason, '\n', ' ');
  if (reason.empty() && ended > 0 && WIFSIGNALED(status))
    reason = std::string("signal ") + strsignal(WTERMSIG(status));
  if (reason.empty())
    reason = "no reason given, exit code " +
             std::to_string(WIFEXITED(status) ? WEXITSTATUS(status) : -1);
  return makeError(path, "the emulator ended before the run did: " + reason);
}

llvm::Error EmulatedModel::Process::send(const void *data, size_t size) {
  const auto *bytes = static_cast<const char *>(data);
  while (size > 0) {
    ssize_t done = ::send(socket, bytes, size, MSG_NOSIGNAL);
    if (done < 0 && errno == EINTR)
      continue;
    if (done <= 0)
      return explainEnd();
    bytes += done;
    size -= done;
  }
  return llvm::Error::success();
}

llvm::Error EmulatedModel::Process::receive(void *data, size_t size) {
  auto *bytes = static_cast<char *>(data);
  while (size > 0) {
    ssize_t done = ::recv(socket, bytes, size, 0);
    if (done < 0 && errno == EINTR)
      continue;
    if (done <= 0)
      return explainEnd();
    bytes += done;
    size -= done;
  }
  return llvm::Error::success();
}

llvm::Error EmulatedModel::Process::receiveGreeting() {
  std::string said(kGreeting.size(), ' ');
  if (llvm::Error error = receive(said.data(), said.size()))
    return error;
  if (said == kGreeting)
    return llvm::Error::success();
  std::string shown;
  llvm::raw_string_ostream stream(shown);
  llvm::printEscapedString(said, stream);
  return makeError(path, "--emulator: expected a command that runs a program "
                         "and writes nothing of its own to standard output, "
                         "which begins with '" +
                             shown + "'");
}

//===----------------------------------------------------------------------===//
// The model
//===----------------------------------------------------------------------===//

EmulatedModel::EmulatedModel(ModelSignature signature,
                             std::unique_ptr<Process> process)
    : CompiledModel(std::move(signature)), process(std::move(process)) {}

EmulatedModel::~EmulatedModel() = default;

/// The command line of the runner for the model of `path`.
static std::vector<std::string> getCommand(llvm::StringRef emulator,
                                           llvm::StringRef program,
                                           llvm::StringRef path,
                                           const ModelSignature &signature) {
  std::vector<std::string> words;
  for (llvm::StringRef word : llvm::split(emulator, ' '))
    if (!word.empty())
      words.push_back(word.str());
  words.insert(words.end(), {program.str(), path.str(), signature.runSymbol,
                             std::to_string(signature.arenaSize),
                             std::to_string(signature.arenaAlignment)});
  for (const auto *tensors : {&signature.inputs, &signature.outputs}) {
    words.push_back(std::to_string(tensors->size()));
    for (const TensorSpec &tensor : *tensors)
      words.push_back(std::to_string(tensor.getByteSize()));
  }
  return words;
}

llvm::Expected<std::unique_ptr<CompiledModel>>
EmulatedModel::load(llvm::StringRef path, llvm::StringRef command) {
  llvm::Expected<SharedObjectFile> file = SharedObjectFile::read(path);
  if (!file)
    return file.takeError();
  if (file->signature.profile)
    return makeError(path, "--emulator runs no model of quantc --profile");
  llvm::Expected<TemporaryFile> program = TemporaryFile::create("runner");
  if (!program)
    return program.takeError();
  llvm::Triple triple(file->signature.targetTriple);
  if (llvm::Error error = buildRunner(triple, program->getPath()))
    return makeError(path, llvm::toString(std::move(error)));
  llvm::Expected<TemporaryFile> log = TemporaryFile::create("log");
  if (!log)
    return log.takeError();
  // Without a slash the loader would search its own directories instead.
  llvm::SmallString<256> absolute(path);
  if (std::error_code code = llvm::sys::fs::make_absolute(absolute))
    return makeError(path, code.message());
  std::vector<std::string> words =
      getCommand(command, program->getPath(), absolute, file->signature);
  auto process = std::make_unique<Process>(path.str(), std::move(*program),
                                           std::move(*log));
  if (llvm::Error error = process->start(words))
    return std::move(error);
  if (llvm::Error error = process->receiveGreeting())
    return std::move(error);
  return std::unique_ptr<CompiledModel>(
      new EmulatedModel(std::move(file->signature), std::move(process)));
}

llvm::Error EmulatedModel::run(llvm::ArrayRef<const void *> inputs,
                               llvm::ArrayRef<void *> outputs,
                               void * /*arena*/) const {
  const ModelSignature &signature = getSignature();
  // The runner reads all inputs before it writes: neither side can wait for
  // the other.
  for (auto [spec, data] : llvm::zip_equal(signature.inputs, inputs))
    if (llvm::Error error = process->send(data, spec.getByteSize()))
      return error;
  for (auto [spec, data] : llvm::zip_equal(signature.outputs, outputs))
    if (llvm::Error error = process->receive(data, spec.getByteSize()))
      return error;
  return llvm::Error::success();
}

} // namespace quantc::exec
