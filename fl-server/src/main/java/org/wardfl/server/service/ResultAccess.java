package org.wardfl.server.service;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.proto.channel.Reason;
import org.wardfl.proto.job.PackageReference;
import org.wardfl.proto.task.TaskCodec;
import org.wardfl.proto.wire.ResultFile;
import org.wardfl.proto.wire.ResultFileList;
import org.wardfl.server.Coordinator;
import org.wardfl.server.result.RunRecord;

/// The files of a job that people may take with them; asks nobody's rights.
final class ResultAccess {

  private final Coordinator coordinator;

  ResultAccess(Coordinator coordinator) {
    this.coordinator = coordinator;
  }

  /// The result files, by name.
  ResultFileList list(RunRecord run) throws Calls.Refused, IOException {
    var list = ResultFileList.newBuilder();
    for (var name : names(run)) {
      var file = file(run, name);
      list.addFiles(
          ResultFile.newBuilder()
              .setName(name)
              .setSizeBytes(Files.size(file))
              .setHash(TaskCodec.toWire(hash(run, name, file))));
    }
    return list.build();
  }

  /// One of them.
  Path file(RunRecord run, String name) throws Calls.Refused, IOException {
    if (!names(run).contains(name)) {
      throw new Calls.Refused(
          Reason.NOT_FOUND,
          "job " + run.id() + " has no result file of that name; expected one of " + names(run));
    }
    return coordinator.results(run.id()).resolve(name);
  }

  /// The signed package.
  Path jobPackage(RunRecord run) throws Calls.Refused, IOException {
    Optional<PackageReference> reference = coordinator.packageOf(run.id());
    if (reference.isEmpty()) {
      throw new Calls.Refused(Reason.NOT_FOUND, "job " + run.id() + " came without a package");
    }
    return coordinator.fetch(reference.get().hash());
  }

  // Asked of the folder each time: what the caller names is compared with it, never resolved.
  private List<String> names(RunRecord run) throws IOException {
    var folder = coordinator.results(run.id());
    var names = new ArrayList<String>();
    if (Files.exists(folder)) {
      try (var files = Files.newDirectoryStream(folder, Files::isRegularFile)) {
        files.forEach(file -> names.add(String.valueOf(file.getFileName())));
      }
    }
    names.removeIf(name -> name.endsWith(".part") || name.endsWith(".partial"));
    names.sort(null);
    return names;
  }

  /// The models' are known; the rest is small.
  private static ModelHash hash(RunRecord run, String name, Path file) throws IOException {
    var known =
        switch (name) {
          case "model.safetensors" -> run.model();
          case "best_model.safetensors" -> run.best().map(RunRecord.Best::model);
          default -> Optional.<ModelHash>empty();
        };
    return known.isPresent() ? known.get() : ModelWriter.hash(file);
  }
}
