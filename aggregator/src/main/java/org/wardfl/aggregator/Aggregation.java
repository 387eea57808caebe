package org.wardfl.aggregator;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.model.Durability;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.algo.tensor.TensorSpec;

/// Turns a round's contributions into the next model file.
///
/// Tensor by tensor in the canonical order, block by block: each site's block is read in site-name
/// order, combined in float64, rounded once to the tensor's type and appended to the file, which is
/// hashed as it grows. Memory is a few blocks per thread, whatever the size of the model and the
/// number of sites. The bytes are the same for any order of arrival, block size and number of
/// threads.
public final class Aggregation {

  /// Elements in a block: 256 KiB of floats, enough that the cost of a system call does not count,
  /// and few enough that a block and its sums stay in cache.
  public static final int BLOCK_ELEMENTS = 1 << 16;

  private final AggregationPlan plan;
  private final Workers workers;
  private final int blockElements;

  /// An aggregation on a fixed pool of platform threads.
  ///
  /// @param pool does the arithmetic
  /// @param threads how many of its threads to use, at least 1
  public Aggregation(AggregationPlan plan, ExecutorService pool, int threads) {
    this(plan, pool, threads, BLOCK_ELEMENTS);
  }

  Aggregation(AggregationPlan plan, ExecutorService pool, int threads, int blockElements) {
    this.plan = plan;
    this.workers = new Workers(pool, threads);
    this.blockElements = blockElements;
  }

  /// Writes the next model.
  ///
  /// The contributions must have passed [UpdateCheck] against the same base. A contribution of
  /// weight 0 is left out; what the others count by is then the rule's to say.
  ///
  /// @param base the model that the round started from; its tensors, types, roles and aliases are
  ///   the next model's, but for parameters where the plan wants differences
  /// @param contributions in any order, one per site
  /// @param target the file to write
  /// @return refused if no contribution has a positive weight, there are too few for the rule, or
  ///   the sites disagree about a constant; then there is no file
  /// @throws IOException if an input cannot be read or the file not written
  /// @throws InterruptedException if the calling thread is interrupted; then there is no file
  public AggregationResult write(
      TensorSource base, List<Contribution.Plain> contributions, Path target, Durability durability)
      throws IOException, InterruptedException {
    var positive =
        contributions.stream()
            .filter(contribution -> contribution.weight() > 0)
            .sorted(Comparator.comparing(Contribution.Plain::site))
            .toList();
    if (positive.isEmpty()) {
      return new AggregationResult.Refused(
          "none of "
              + contributions.size()
              + " contributions has a positive weight, so there is no mean");
    }
    var tooFew = plan.rule().refuses(positive.size());
    if (tooFew.isPresent()) {
      return new AggregationResult.Refused(tooFew.get());
    }
    var counted =
        plan.rule().weighed(base, plan, positive, workers).stream()
            .filter(contribution -> contribution.weight() > 0)
            .toList();
    var senders = senders(base, counted);
    var tooFewOfOne = tooFew(senders);
    if (tooFewOfOne.isPresent()) {
      return new AggregationResult.Refused(tooFewOfOne.get());
    }
    var written = base.specs().stream().map(this::written).toList();
    try (var writer = ModelWriter.open(written, base.aliases(), target, durability);
        var arena = Arena.ofShared()) {
      try {
        new Pipeline(base, senders, writer, arena, blockElements(counted.size())).run();
      } catch (BlockTask.ConstantsDifferException e) {
        return new AggregationResult.Refused(String.valueOf(e.getMessage()));
      }
      int aggregated = 0;
      int partial = 0;
      for (var spec : base.specs()) {
        int count = senders.getOrDefault(spec.name(), List.of()).size();
        aggregated += count > 0 && !plan.excludes(spec.name()) ? 1 : 0;
        partial += count > 0 && count < counted.size() && !plan.excludes(spec.name()) ? 1 : 0;
      }
      return new AggregationResult.Aggregated(
          writer.finish(), weights(counted), aggregated, partial);
    }
  }

  private TensorSpec written(TensorSpec spec) {
    return plan.isDifference(spec)
        ? new TensorSpec(spec.name(), DType.F64, spec.shape(), spec.role())
        : spec;
  }

  private int blockElements(int sites) {
    return Math.min(blockElements, plan.rule().blockElements(sites));
  }

  private static SortedMap<SiteName, Double> weights(List<Contribution.Plain> counted) {
    var weights = new TreeMap<SiteName, Double>();
    counted.forEach(contribution -> weights.put(contribution.site(), contribution.weight()));
    return weights;
  }

  /// A rule that holds all blocks at once needs enough of each tensor; what it has chosen already
  /// is enough.
  private Optional<String> tooFew(Map<String, List<Contribution.Plain>> senders) {
    for (var entry : new TreeMap<>(senders).entrySet()) {
      int sites = entry.getValue().size();
      if (plan.rule().blockElements(sites) < Integer.MAX_VALUE && !plan.excludes(entry.getKey())) {
        var reason = plan.rule().refuses(sites);
        if (reason.isPresent()) {
          return reason.map(why -> "tensor " + entry.getKey() + ": " + why);
        }
      }
    }
    return Optional.empty();
  }

  private static Map<String, List<Contribution.Plain>> senders(
      TensorSource base, List<Contribution.Plain> counted) {
    var senders = new HashMap<String, List<Contribution.Plain>>();
    for (var contribution : counted) {
      for (var spec : contribution.weights().specs()) {
        var expected =
            base.spec(spec.name())
                .orElseThrow(() ->
                    new IllegalArgumentException("tensor " + spec.name() + " is not in the base"));
        if (!expected.shape().equals(spec.shape()) || expected.dtype() != spec.dtype()) {
          throw new IllegalArgumentException(
              "tensor "
                  + spec.name()
                  + " from "
                  + contribution.site()
                  + " does not fit the base; was it checked?");
        }
        senders.computeIfAbsent(expected.name(), _ -> new ArrayList<>()).add(contribution);
      }
    }
    return senders;
  }

  /// Keeps a few blocks in the pool at once and appends them in order.
  private final class Pipeline {

    private final Map<String, List<Contribution.Plain>> senders;
    private final Map<String, TensorSpec> specs = new HashMap<>();
    private final ModelWriter writer;
    private final int blockElements;
    private final BlockingQueue<BlockTask> idle = new LinkedBlockingQueue<>();
    private final Queue<MemorySegment> slots = new ConcurrentLinkedQueue<>();
    private final Queue<MemorySegment> lent = new ConcurrentLinkedQueue<>();

    Pipeline(
        TensorSource base,
        Map<String, List<Contribution.Plain>> senders,
        ModelWriter writer,
        Arena arena,
        int blockElements) {
      this.senders = senders;
      this.writer = writer;
      base.specs().forEach(spec -> specs.put(spec.name(), spec));
      this.blockElements = blockElements;
      // Clearing blocks that a small model never fills would cost it more than the arithmetic.
      long largest =
          base.specs().stream().mapToLong(spec -> spec.shape().elements()).max().orElse(0);
      int capacity = (int) Math.min(blockElements, largest);
      for (int i = 0; i < workers.threads(); i++) {
        idle.add(new BlockTask(plan, base, capacity, arena));
      }
      for (int i = 0; i < workers.atOnce(); i++) {
        slots.add(arena.allocate((long) capacity * Double.BYTES, 64));
      }
    }

    void run() throws IOException, InterruptedException {
      try (var blocks = workers.<MemorySegment>inOrder(this::append)) {
        for (var spec : writer.order()) {
          long elements = spec.shape().elements();
          for (long at = 0; at < elements; at += blockElements) {
            blocks.makeRoom();
            blocks.submit(block(spec, at, (int) Math.min(blockElements, elements - at)));
          }
        }
        blocks.finish();
      }
    }

    private void append(MemorySegment block) throws IOException {
      writer.append(block);
      slots.add(lent.remove());
    }

    private Callable<MemorySegment> block(TensorSpec written, long firstElement, int count) {
      var slot = slots.remove();
      lent.add(slot);
      var block = slot.asSlice(0, (long) count * written.dtype().sizeBytes());
      var spec = Objects.requireNonNull(specs.get(written.name()));
      var from = senders.getOrDefault(spec.name(), List.of());
      return () -> {
        var task = idle.take();
        try {
          task.compute(spec, from, firstElement, count, block);
        } finally {
          idle.add(task);
        }
        return block;
      };
    }
  }
}
