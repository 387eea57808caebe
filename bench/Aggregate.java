import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import org.wardfl.aggregator.Aggregation;
import org.wardfl.aggregator.AggregationPlan;
import org.wardfl.aggregator.AggregationResult;
import org.wardfl.aggregator.AggregationRule;
import org.wardfl.aggregator.Contribution;
import org.wardfl.aggregator.CoordinateMedian;
import org.wardfl.aggregator.CounterPolicy;
import org.wardfl.aggregator.FedAvg;
import org.wardfl.aggregator.GeometricMedian;
import org.wardfl.aggregator.Krum;
import org.wardfl.aggregator.TrimmedMean;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.model.Durability;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.TensorSpec;

/// The aggregation benchmark's processes; `bench/aggregate` calls them.
public final class Aggregate {

  private static final int BLOCK = 1 << 20;
  private static final int READ = 1 << 18;

  private Aggregate() {}

  public static void main(String[] words) throws Exception {
    switch (words[0]) {
      case "generate" ->
          generate(Path.of(words[1]), Integer.parseInt(words[2]), Integer.parseInt(words[3]));
      case "aggregate" ->
          aggregate(
              Path.of(words[1]),
              Integer.parseInt(words[2]),
              Integer.parseInt(words[3]),
              words[4],
              Integer.parseInt(words[5]));
      case "copy" -> copy(Integer.parseInt(words[1]));
      case "parts" ->
          parts(Path.of(words[1]), Integer.parseInt(words[2]), Integer.parseInt(words[3]));
      default -> throw new IllegalArgumentException(words[0]);
    }
  }

  /// A base model and one update per site: float32, 16 tensors, values of a seeded generator.
  private static void generate(Path folder, int mebibytes, int sites) throws IOException {
    Files.createDirectories(folder);
    var specs = new ArrayList<TensorSpec>();
    for (int i = 0; i < 16; i++) {
      specs.add(TensorSpec.of("layer" + i, DType.F32, (long) mebibytes * (1 << 20) / 4 / 16));
    }
    for (int site = 0; site <= sites; site++) {
      var random = new SplittableRandom(site);
      var target = folder.resolve(site == 0 ? "base" : "site-" + site);
      Files.deleteIfExists(target);
      try (var writer = ModelWriter.open(specs, Map.of(), target, Durability.PROCESS);
          var arena = Arena.ofConfined()) {
        var block = arena.allocate(BLOCK, 64);
        for (var spec : writer.order()) {
          for (long at = 0; at < spec.sizeBytes(); at += BLOCK) {
            long length = Math.min(BLOCK, spec.sizeBytes() - at);
            for (long i = 0; i < length / 4; i++) {
              block.setAtIndex(ValueLayout.JAVA_FLOAT, i, random.nextInt() * 0x1p-31f);
            }
            writer.append(block.asSlice(0, length));
          }
        }
        writer.finish();
      }
    }
  }

  private static AggregationRule rule(String type) {
    return switch (type) {
      case "mean" -> new FedAvg();
      case "median" -> new CoordinateMedian(1);
      case "trimmed-mean" -> new TrimmedMean(1);
      case "krum" -> new Krum(1, 1);
      case "multi-krum" -> new Krum(1, 0);
      case "geometric-median" -> new GeometricMedian(1);
      default -> throw new IllegalArgumentException(type);
    };
  }

  private static void aggregate(Path folder, int sites, int repetitions, String rule, int most)
      throws Exception {
    int threads = most == 0 ? Runtime.getRuntime().availableProcessors() : most;
    var plan = new AggregationPlan(rule(rule), WeightType.DIFF, CounterPolicy.MEAN, List.of());
    double best = 0;
    double perCore = 0;
    try (var pool = Executors.newFixedThreadPool(threads)) {
      for (int repetition = 0; repetition < repetitions; repetition++) {
        var open = new ArrayList<ModelFile>();
        try (var base = ModelFile.open(folder.resolve("base"))) {
          var contributions = new ArrayList<Contribution.Plain>();
          long bytes = 0;
          for (int site = 1; site <= sites; site++) {
            var file = ModelFile.open(folder.resolve("site-" + site));
            open.add(file);
            bytes += file.fileBytes();
            contributions.add(new Contribution.Plain(new SiteName("site-" + site), file, site));
          }
          var target = folder.resolve("result");
          Files.deleteIfExists(target);
          long began = System.nanoTime();
          long cpuBegan = cpuNanos();
          var result =
              new Aggregation(plan, pool, threads)
                  .write(base, contributions, target, Durability.PROCESS);
          double seconds = (System.nanoTime() - began) / 1e9;
          double cpuSeconds = (cpuNanos() - cpuBegan) / 1e9;
          if (!(result instanceof AggregationResult.Aggregated(var hash, _, _, _))) {
            throw new IllegalStateException(result.toString());
          }
          System.out.printf(
              "%s: %d updates, %d threads, %.2f s, %.2f GB/s of input, %.2f GB per second of"
                  + " processor time, %s%n",
              rule, sites, threads, seconds, bytes / seconds / 1e9, bytes / cpuSeconds / 1e9, hash);
          perCore = Math.max(perCore, bytes / cpuSeconds / 1e9);
          best = Math.max(best, bytes / seconds / 1e9);
        } finally {
          for (var file : open) {
            file.close();
          }
        }
      }
    }
    System.out.printf("aggregate best: %.2f GB/s%n", best);
    System.out.printf("aggregate per core: %.2f GB/s%n", perCore);
    System.out.println(
        "aggregate "
            + Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(l -> l.startsWith("VmHWM"))
                .findFirst()
                .orElseThrow());
  }

  /// Processor time of the whole process, garbage collection and compilation included: it does not
  /// depend on who else uses the machine as the time on the wall does.
  private static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
        .getProcessCpuTime();
  }

  /// What no aggregation can leave out, each alone: reading every input, hashing the result, and
  /// writing it. Their processor time over the number of processors is the least time for all.
  private static void parts(Path folder, int sites, int repetitions) throws Exception {
    int threads = Runtime.getRuntime().availableProcessors();
    double reading = Double.MAX_VALUE;
    double hashing = Double.MAX_VALUE;
    double writing = Double.MAX_VALUE;
    long bytes = 0;
    for (int repetition = 0; repetition < repetitions; repetition++) {
      long began = cpuNanos();
      bytes = 0;
      try (var pool = Executors.newFixedThreadPool(threads)) {
        for (int i = 0; i <= sites; i++) {
          var file = folder.resolve(i == 0 ? "base" : "site-" + i);
          bytes += i == 0 ? 0 : Files.size(file);
          pool.submit(() -> read(file));
        }
      }
      reading = Math.min(reading, (cpuNanos() - began) / 1e9);
      began = cpuNanos();
      var digest = MessageDigest.getInstance("SHA-256");
      var block = new byte[READ];
      long size = Files.size(folder.resolve("base"));
      for (long at = 0; at < size; at += READ) {
        digest.update(block);
      }
      digest.digest();
      hashing = Math.min(hashing, (cpuNanos() - began) / 1e9);
      var target = folder.resolve("result");
      Files.deleteIfExists(target);
      began = cpuNanos();
      try (var channel =
          FileChannel.open(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        var buffer = ByteBuffer.allocateDirect(READ);
        for (long at = 0; at < size; at += READ) {
          channel.write(buffer.clear());
        }
      }
      writing = Math.min(writing, (cpuNanos() - began) / 1e9);
    }
    System.out.printf(
        "parts alone, processor time: reading %.2f s, hashing %.2f s, writing %.2f s%n",
        reading, hashing, writing);
    System.out.printf(
        "parts at best: %.2f GB/s%n", bytes / ((reading + hashing + writing) / threads) / 1e9);
  }

  private static Object read(Path file) throws IOException {
    try (var channel = FileChannel.open(file)) {
      var buffer = ByteBuffer.allocateDirect(READ);
      while (channel.read(buffer.clear()) >= 0) {}
      return file;
    }
  }

  /// Copies one buffer of 1 GiB to another with all cores, bytes counted once.
  private static void copy(int repetitions) throws Exception {
    int threads = Runtime.getRuntime().availableProcessors();
    long size = 1L << 30;
    double best = 0;
    try (var arena = Arena.ofShared();
        var pool = Executors.newFixedThreadPool(threads)) {
      var from = arena.allocate(size, 64).fill((byte) 1);
      var to = arena.allocate(size, 64).fill((byte) 2);
      for (int repetition = 0; repetition < repetitions; repetition++) {
        long began = System.nanoTime();
        var parts = new ArrayList<java.util.concurrent.Future<?>>();
        for (int i = 0; i < threads; i++) {
          long at = size / threads * i;
          long length = i == threads - 1 ? size - at : size / threads;
          parts.add(
              pool.submit(() -> {
                MemorySegment.copy(from, at, to, at, length);
              }));
        }
        for (var part : parts) {
          part.get();
        }
        best = Math.max(best, size / ((System.nanoTime() - began) / 1e9) / 1e9);
      }
    }
    System.out.printf("copy best: %.2f GB/s%n", best);
  }
}
