package org.wardfl.provisioning.site;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.wardfl.provisioning.yaml.YamlException;
import org.wardfl.provisioning.yaml.YamlList;
import org.wardfl.provisioning.yaml.YamlMapping;
import org.wardfl.provisioning.yaml.YamlNode;
import org.wardfl.provisioning.yaml.YamlScalar;

/// What of its machine a site offers to jobs, all together.
///
/// @param gpus which CUDA devices
/// @param cpuThreads threads; empty for as many as the machine has
/// @param memoryBytes memory; empty for as much as the machine has
/// @param maxJobs how many jobs this site takes part in at once
/// @param taskTime how long one task may run
/// @param scratchBytes how much one sandbox may have on disk
/// @param processes how many processes and threads one sandbox may have
public record OfferedResources(
    Gpus gpus,
    OptionalInt cpuThreads,
    OptionalLong memoryBytes,
    int maxJobs,
    Duration taskTime,
    long scratchBytes,
    int processes) {

  private static final int MOST = 1 << 20;

  /// What holds where nothing is said.
  public static final OfferedResources STANDARD =
      new OfferedResources(
          Gpus.NONE,
          OptionalInt.empty(),
          OptionalLong.empty(),
          4,
          Duration.ofHours(24),
          4L << 30,
          512);

  /// Which CUDA devices are offered.
  ///
  /// @param all whether all that are found
  /// @param devices otherwise these, by their numbers
  public record Gpus(boolean all, List<Integer> devices) {

    /// None of them.
    public static final Gpus NONE = new Gpus(false, List.of());

    /// Copies.
    public Gpus {
      devices = List.copyOf(devices);
    }

    /// Those of the found ones that are offered, in order.
    public List<Integer> among(List<Integer> found) {
      return found.stream().filter(device -> all || devices.contains(device)).sorted().toList();
    }
  }

  static OfferedResources read(Optional<YamlMapping> given) throws YamlException {
    if (given.isEmpty()) {
      return STANDARD;
    }
    var mapping =
        given
            .get()
            .only("gpus", "cpu_threads", "memory", "max_jobs", "task_time", "scratch", "processes");
    return new OfferedResources(
        gpus(mapping),
        mapping.has("cpu_threads")
            ? OptionalInt.of(atLeastOne(mapping, "cpu_threads", 1))
            : OptionalInt.empty(),
        mapping.has("memory")
            ? OptionalLong.of(enough(mapping, "memory", 0, 64L << 20))
            : OptionalLong.empty(),
        atLeastOne(mapping, "max_jobs", STANDARD.maxJobs()),
        taskTime(mapping),
        enough(mapping, "scratch", STANDARD.scratchBytes(), 1L << 20),
        atLeastOne(mapping, "processes", STANDARD.processes()));
  }

  private static Gpus gpus(YamlMapping mapping) throws YamlException {
    var node = mapping.optionalNode("gpus");
    if (node.isEmpty()) {
      return Gpus.NONE;
    }
    var devices = new TreeSet<Integer>();
    switch (node.get()) {
      case YamlScalar word when word.text().equals("all") -> {
        return new Gpus(true, List.of());
      }
      case YamlScalar word when word.text().equals("none") -> {
        return Gpus.NONE;
      }
      case YamlList list -> {
        for (var entry : list) {
          var number = entry instanceof YamlScalar scalar ? scalar.whole() : Optional.<Long>empty();
          if (number.isEmpty() || number.get() < 0 || number.get() > 1023) {
            throw mapping.error(
                "gpus", "found " + entry.described() + ", expected a device's number");
          }
          devices.add(Math.toIntExact(number.get()));
        }
      }
      case YamlNode other ->
          throw mapping.error(
              "gpus",
              "found " + other.described() + ", expected none, all, or devices such as [0, 1]");
    }
    return new Gpus(false, List.copyOf(devices));
  }

  private static int atLeastOne(YamlMapping mapping, String key, int standard)
      throws YamlException {
    long number = mapping.integer(key, standard);
    if (number < 1 || number > MOST) {
      throw mapping.error(key, "found " + number + ", expected 1 to " + MOST);
    }
    return (int) number;
  }

  private static long enough(YamlMapping mapping, String key, long standard, long least)
      throws YamlException {
    long bytes = mapping.bytes(key, standard);
    if (bytes < least) {
      throw mapping.error(
          key, "found " + bytes + " bytes, expected at least " + (least >> 20) + "MiB");
    }
    return bytes;
  }

  private static Duration taskTime(YamlMapping mapping) throws YamlException {
    var time = mapping.duration("task_time", STANDARD.taskTime());
    if (time.compareTo(Duration.ofSeconds(1)) < 0) {
      throw mapping.error("task_time", "found " + time.toMillis() + "ms, expected at least 1s");
    }
    return time;
  }
}
