package org.wardfl.provisioning.site;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlFile;
import org.wardfl.provisioning.yaml.YamlMapping;

/// A server's `server.yaml`: where it listens, what it takes from each participant, how long it
/// keeps what it has.
///
/// @param address the interface that it listens on
/// @param port the one port
/// @param limits for every site that has none of its own
/// @param siteLimits for single sites
/// @param maxJobs how many jobs run at once
/// @param keepJobs how long a finished job with its results is kept
/// @param keepModels how long a finished job's models are kept among the server's files, beside its
///   results, which have them too
public record ServerFile(
    String address,
    int port,
    Limits limits,
    Map<String, Limits> siteLimits,
    int maxJobs,
    Duration keepJobs,
    Duration keepModels) {

  private static final int MAX_PORT = 65535;
  private static final int STANDARD_JOBS = 100;
  private static final int MOST_JOBS = 10_000;
  private static final Limits DEFAULT_LIMITS = new Limits(10_000_000, 10_000_000, 4L << 30);

  /// Copies.
  public ServerFile {
    siteLimits = Map.copyOf(siteLimits);
  }

  /// What one round's update of a site may claim and weigh.
  ///
  /// @param maxSamples samples, which are a weight in the average
  /// @param maxIterations iterations, likewise
  /// @param maxUpdateBytes size of the update
  public record Limits(long maxSamples, long maxIterations, long maxUpdateBytes) {}

  /// The limits for one site.
  public Limits limitsOf(String site) {
    return siteLimits.getOrDefault(site, limits);
  }

  /// Reads a file.
  ///
  /// @throws YamlException if it breaks a rule
  public static ServerFile read(Path file) throws YamlException, IOException {
    return of(YamlFile.read(file));
  }

  /// Reads what a YAML file says.
  public static ServerFile of(YamlMapping root) throws YamlException {
    root.only("listen", "limits", "max_jobs", "retention");
    var listen = root.mapping("listen").only("address", "port");
    long port = listen.integer("port");
    if (port < 1 || port > MAX_PORT) {
      throw listen.error("port", "found " + port + ", expected 1 to " + MAX_PORT);
    }
    var limits = DEFAULT_LIMITS;
    var siteLimits = new LinkedHashMap<String, Limits>();
    var given = root.optionalMapping("limits");
    if (given.isPresent()) {
      given.get().only("max_samples", "max_iterations", "max_update", "sites");
      limits = limits(given.get(), DEFAULT_LIMITS);
      var sites = given.get().optionalMapping("sites");
      if (sites.isPresent()) {
        for (var site : sites.get().keys()) {
          var own = sites.get().mapping(site);
          siteLimits.put(
              site, limits(own.only("max_samples", "max_iterations", "max_update"), limits));
        }
      }
    }
    long maxJobs = root.integer("max_jobs", STANDARD_JOBS);
    if (maxJobs < 1 || maxJobs > MOST_JOBS) {
      throw root.error("max_jobs", "found " + maxJobs + ", expected 1 to " + MOST_JOBS);
    }
    var retention = root.optionalMapping("retention");
    if (retention.isPresent()) {
      retention.get().only("jobs", "models");
    }
    return new ServerFile(
        listen.string("address", "0.0.0.0"),
        (int) port,
        limits,
        siteLimits,
        (int) maxJobs,
        retention.isPresent()
            ? retention.get().duration("jobs", Duration.ofDays(365))
            : Duration.ofDays(365),
        retention.isPresent()
            ? retention.get().duration("models", Duration.ofDays(30))
            : Duration.ofDays(30));
  }

  private static Limits limits(YamlMapping mapping, Limits standard) throws YamlException {
    return new Limits(
        positive(mapping, "max_samples", standard.maxSamples()),
        positive(mapping, "max_iterations", standard.maxIterations()),
        mapping.bytes("max_update", standard.maxUpdateBytes()));
  }

  private static long positive(YamlMapping mapping, String key, long standard)
      throws YamlException {
    long value = mapping.integer(key, standard);
    if (value < 1) {
      throw mapping.error(key, "found " + value + ", expected at least 1");
    }
    return value;
  }
}
