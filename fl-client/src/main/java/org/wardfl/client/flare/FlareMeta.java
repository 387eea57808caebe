package org.wardfl.client.flare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlFile;
import org.wardfl.provisioning.yaml.YamlMapping;

/// `meta.json`: who is to run the job.
///
/// @param name of the job
/// @param serverApp the folder of what the server runs
/// @param clientApp the folder of what sites run
/// @param sites by name; empty for all
/// @param minSites how many are needed; empty if the job does not say
/// @param mandatory sites without which it does not run
/// @param gpus that each site gives to the job
record FlareMeta(
    String name,
    String serverApp,
    String clientApp,
    Set<String> sites,
    Optional<Long> minSites,
    List<String> mandatory,
    long gpus) {

  private static final String FILE = "meta.json";
  private static final String ALL = "@all";
  private static final String SERVER = "server";

  /// Reads it. FLARE 2.2 also takes an application alone, without this file.
  static FlareMeta read(Path folder, Remarks remarks) throws YamlException, IOException {
    var file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      var name = String.valueOf(folder.toAbsolutePath().normalize().getFileName());
      return new FlareMeta(name, "", "", Set.of(), Optional.empty(), List.of(), 0);
    }
    var yaml = YamlFile.read(file);
    for (var key : yaml.keys()) {
      known(yaml, key, remarks);
    }
    var server = new LinkedHashSet<String>();
    var clients = new LinkedHashSet<String>();
    var sites = new TreeSet<String>();
    var map = yaml.mapping("deploy_map");
    for (var app : map.keys()) {
      for (var target : targets(map, app)) {
        switch (target.toLowerCase(Locale.ROOT)) {
          case ALL -> {
            server.add(app);
            clients.add(app);
          }
          case SERVER -> server.add(app);
          default -> {
            clients.add(app);
            sites.add(target);
          }
        }
      }
    }
    if (server.size() != 1) {
      throw map.error("", "found " + server.size() + " applications for the server, expected one");
    }
    if (clients.isEmpty()) {
      throw map.error("", "found no application for any site, expected one");
    }
    if (clients.size() > 1) {
      remarks.obstacle(
          map.location(),
          "key deploy_map: sites run "
              + clients
              + "; in Ward all sites of a job run the same, and their data and site.yaml differ");
    }
    return new FlareMeta(
        yaml.string("name", String.valueOf(folder.getFileName())),
        server.getFirst(),
        clients.getFirst(),
        sites,
        yaml.has("min_clients") ? Optional.of(yaml.integer("min_clients")) : Optional.empty(),
        yaml.strings("mandatory_clients", List.of()),
        gpus(yaml, remarks));
  }

  private static void known(YamlMapping yaml, String key, Remarks remarks) throws YamlException {
    switch (key) {
      case "name",
          "deploy_map",
          "min_clients",
          "mandatory_clients",
          "resource_spec",
          "job_id",
          "custom_props",
          "stats_pool_config" -> {}
      case "scope" -> {
        if (!yaml.string(key).isEmpty()) {
          remarks.obstacle(
              yaml.node(key).location(),
              "key scope: Ward's sites decide by their own site.yaml which filters a job passes");
        }
      }
      default ->
          remarks.obstacle(
              yaml.node(key).location(), "key " + key + ": Ward knows no such key of a job");
    }
  }

  private static List<String> targets(YamlMapping map, String app) throws YamlException {
    if (map.node(app) instanceof YamlMapping mapping) {
      return mapping.strings(mapping.has("targets") ? "targets" : "sites");
    }
    return map.strings(app);
  }

  private static long gpus(YamlMapping yaml, Remarks remarks) throws YamlException {
    var spec = yaml.optionalMapping("resource_spec");
    if (spec.isEmpty()) {
      return 0;
    }
    var gpus = new TreeSet<Long>();
    for (var site : spec.get().keys()) {
      var one = spec.get().mapping(site);
      for (var key : one.keys()) {
        if (!key.equals("num_of_gpus") && !key.equals("mem_per_gpu_in_GiB")) {
          remarks.obstacle(
              one.node(key).location(),
              "key resource_spec." + site + "." + key + ": Ward counts GPUs, threads and memory");
        }
      }
      if (one.has("mem_per_gpu_in_GiB")) {
        remarks.note("mem_per_gpu_in_GiB is left out: a site of Ward's gives whole GPUs");
      }
      gpus.add(one.integer("num_of_gpus", 0));
    }
    if (gpus.size() > 1) {
      remarks.obstacle(
          spec.get().location(),
          "key resource_spec: sites give " + gpus + " GPUs; in Ward a job asks all for as many");
    }
    return gpus.isEmpty() ? 0 : gpus.getLast();
  }
}
