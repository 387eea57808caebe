package org.wardfl.client.flare;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.wardfl.client.job.JobFile;
import org.wardfl.proto.json.Json;
import org.wardfl.provisioning.yaml.YamlException;

/// A job folder of FLARE's, read and expressed as one of Ward's.
///
/// @param yaml the text of the job file
/// @param copies what else the new folder gets: from where, by the name there
/// @param notes one sentence for each thing that is expressed in another way
public record FlareJob(String yaml, Map<String, Path> copies, List<String> notes) {

  private static final String CONFIG = "config";
  private static final String CUSTOM = "custom";
  private static final String DEADLINE = "7d";

  /// Copies.
  public FlareJob {
    copies = new TreeMap<>(copies);
    notes = List.copyOf(notes);
  }

  /// Reads a folder.
  ///
  /// @param dataset what the new job names; empty to name it as the job
  /// @throws FlareJobException with everything that cannot be expressed
  /// @throws IOException if a file cannot be read
  public static FlareJob read(Path folder, Optional<String> dataset)
      throws FlareJobException, IOException {
    var remarks = new Remarks();
    try {
      if (!Files.isDirectory(folder)) {
        throw new FlareJobException(
            List.of("there is no folder " + folder + "; expected a job folder of FLARE's"));
      }
      var meta = FlareMeta.read(folder, remarks);
      var server =
          ServerSide.read(
              FlareConfig.read(config(folder, meta.serverApp(), "config_fed_server.json")),
              remarks);
      var app = folder.resolve(meta.clientApp());
      var client =
          ClientSide.read(
              FlareConfig.read(config(folder, meta.clientApp(), "config_fed_client.json")),
              server.trainTask(),
              remarks);
      var copies = copies(app, client, remarks);
      remarks.throwIfAny();
      var name = name(meta.name());
      var data = dataset.orElse(name);
      remarks.note("each site declares the dataset " + data + " in its site.yaml");
      var yaml = yaml(name, data, meta, server, client);
      return new FlareJob(yaml, copies, remarks.notes());
    } catch (YamlException e) {
      throw new FlareJobException(List.of(String.valueOf(e.getMessage())));
    }
  }

  private static Path config(Path folder, String app, String file) throws FlareJobException {
    var path = folder.resolve(app).resolve(CONFIG).resolve(file);
    if (!Files.isRegularFile(path)) {
      throw new FlareJobException(
          List.of("there is no " + path + "; expected it as FLARE 2.2 has it"));
    }
    return path;
  }

  /// The bundle, or the Python that the application brings.
  private static Map<String, Path> copies(Path app, ClientSide client, Remarks remarks)
      throws FlareJobException {
    var copies = new LinkedHashMap<String, Path>();
    var custom = app.resolve(CUSTOM);
    if (client.bundleRoot().isPresent()) {
      var given = Path.of(client.bundleRoot().get());
      var bundle = app.resolve(given).normalize();
      if (given.isAbsolute() || !bundle.startsWith(app.normalize()) || !Files.isDirectory(bundle)) {
        throw new FlareJobException(
            List.of(
                "config_fed_client.json: key bundle_root: there is no folder "
                    + given
                    + " in "
                    + app
                    + "; put the bundle there, Ward sends it with the job"));
      }
      var name = String.valueOf(bundle.getFileName());
      client.algorithm().put("bundle", name);
      copies.put(name, bundle);
      if (Files.isDirectory(custom) && !bundle.startsWith(custom)) {
        remarks.note("the folder custom is left out: MONAI's own class runs the bundle");
      }
    } else if (Files.isDirectory(custom)) {
      client.algorithm().put("code", CUSTOM);
      copies.put(CUSTOM, custom);
    } else {
      remarks.note("the class is not in the job, so every site must have it in its own Python");
    }
    return copies;
  }

  /// Ward's names have no spaces.
  private static String name(String name) {
    return name.strip().replaceAll("[^A-Za-z0-9._-]+", "-");
  }

  private static String yaml(
      String name, String dataset, FlareMeta meta, ServerSide server, ClientSide client) {
    var workflow = new LinkedHashMap<>(server.workflow());
    if (server.selectsBest()) {
      workflow.put("key_metric", Map.of("name", client.keyMetric()));
    }
    var job = new LinkedHashMap<String, Object>();
    job.put("name", name);
    job.put("sites", meta.sites().isEmpty() ? "all" : meta.sites());
    job.put("min_sites", Math.max(meta.minSites().orElse(1L), server.minSites()));
    if (!meta.mandatory().isEmpty()) {
      job.put("mandatory_sites", meta.mandatory());
    }
    job.put("workflow", workflow);
    job.put("algorithm", client.algorithm());
    job.put("initial_model", "random");
    job.put("data", Map.of("dataset", dataset));
    if (!client.filters().isEmpty()) {
      job.put("filters", client.filters());
    }
    job.put("resources", Map.of("gpus", meta.gpus()));
    job.put("deadline", DEADLINE);
    var text = new StringBuilder("# Made by 'ward job import' from a job of FLARE's.\n");
    job.forEach(
        (key, value) -> text.append(key).append(": ").append(Json.line(value)).append('\n'));
    return text.toString();
  }

  /// Writes the new job folder.
  ///
  /// @param target is made
  /// @throws IOException if it cannot be written
  public void write(Path target) throws IOException {
    Files.createDirectories(target);
    for (var copy : copies.entrySet()) {
      copy(copy.getValue(), target.resolve(copy.getKey()));
    }
    Files.writeString(target.resolve(JobFile.NAME), yaml);
  }

  /// Without links, which may lead out of the folder, and without what Python left.
  private static void copy(Path from, Path to) throws IOException {
    try (var tree = Files.walk(from, new FileVisitOption[0])) {
      for (var path : tree.toList()) {
        if (path.toString().contains("__pycache__")) {
          continue;
        }
        var target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
          Files.createDirectories(target);
        } else if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
          Files.copy(path, target);
        }
      }
    }
  }
}
