package org.wardfl.aggregator;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.wardfl.algo.model.Durability;
import org.wardfl.algo.model.ModelFile;
import org.wardfl.algo.model.ModelFileException;
import org.wardfl.algo.model.ModelHash;
import org.wardfl.algo.model.ModelWriter;
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.Role;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.algo.tensor.TensorSpec;

/// Makes the next model of a model, the combined differences of a round, and what a
/// [ServerOptimizer] remembers of the rounds before.
///
/// What it remembers is a model file like any other, with the tensors `m/NAME` and `v/NAME` for
/// each parameter `NAME`, in F32 (F64 where the parameter is F64). Everything goes block by block,
/// so memory does not grow with the model. The model moves by what the file holds, so that a step
/// that is repeated after a crash, from the file, comes to the same bytes.
public final class ServerStep {

  private final ServerOptimizer optimizer;
  private final List<Pattern> exclude;
  private final int blockElements;

  /// A step.
  ///
  /// @param exclude tensors whose name matches anywhere are not stepped
  public ServerStep(ServerOptimizer optimizer, List<Pattern> exclude) {
    this(optimizer, exclude, Aggregation.BLOCK_ELEMENTS);
  }

  ServerStep(ServerOptimizer optimizer, List<Pattern> exclude, int blockElements) {
    this.optimizer = optimizer;
    this.exclude = List.copyOf(exclude);
    this.blockElements = blockElements;
  }

  /// What came of a step.
  ///
  /// @param model the next model
  /// @param memory what the next step needs, where the optimizer remembers anything
  public record Stepped(ModelHash model, Optional<ModelHash> memory) {}

  /// Writes the next model, and beside it what the next step needs.
  ///
  /// @param base the model that the round started from
  /// @param combined an [Aggregation]'s result with [AggregationPlan#differences]
  /// @param memory what the last step left; empty for the first
  /// @param model the file to write
  /// @param remembered the other file to write; not there where the optimizer remembers nothing
  /// @throws IOException if an input cannot be read or an output not written
  /// @throws IllegalArgumentException if the memory is of another model
  public Stepped write(
      TensorSource base,
      TensorSource combined,
      Optional<? extends TensorSource> memory,
      Path model,
      Path remembered,
      Durability durability)
      throws IOException {
    try (var arena = Arena.ofConfined()) {
      var blocks = new Blocks(base, combined, arena);
      if (!optimizer.keepsFirst()) {
        return new Stepped(blocks.model(Optional.empty(), model, durability), Optional.empty());
      }
      var hash = blocks.memory(memory, remembered, durability);
      try (var kept = ModelFile.open(remembered)) {
        return new Stepped(blocks.model(Optional.of(kept), model, durability), Optional.of(hash));
      } catch (ModelFileException e) {
        throw new IOException("what was just written cannot be read: " + e.getMessage(), e);
      }
    }
  }

  private static Map<String, TensorSpec> byName(TensorSource source) {
    var specs = new HashMap<String, TensorSpec>();
    source.specs().forEach(spec -> specs.put(spec.name(), spec));
    return specs;
  }

  /// One step's passes over its files.
  private final class Blocks {

    private final TensorSource base;
    private final TensorSource combined;
    private final Map<String, TensorSpec> differences;
    private final BlockReader reader;
    private final BlockReader other;
    private final double[] first = new double[blockElements];
    private final double[] second = new double[blockElements];
    private final double[] result = new double[blockElements];
    private final MemorySegment out;

    Blocks(TensorSource base, TensorSource combined, Arena arena) {
      this.base = base;
      this.combined = combined;
      this.differences = byName(combined);
      this.reader = new BlockReader(blockElements, arena);
      this.other = new BlockReader(blockElements, arena);
      this.out = arena.allocate((long) blockElements * Double.BYTES, 64);
    }

    ModelHash memory(Optional<? extends TensorSource> before, Path file, Durability durability)
        throws IOException {
      var specs = new ArrayList<TensorSpec>();
      for (var spec : base.specs()) {
        if (AggregationPlan.isStepped(spec, exclude)) {
          specs.add(kept("m/", spec));
          if (optimizer.keepsSecond()) {
            specs.add(kept("v/", spec));
          }
        }
      }
      var known = before.map(ServerStep::byName).orElse(Map.of());
      if (before.isPresent() && !specs.stream().allMatch(it -> fits(it, known))) {
        throw new IllegalArgumentException("the optimizer's state is of another model");
      }
      try (var writer = ModelWriter.open(specs, Map.of(), file, durability)) {
        for (var spec : writer.order()) {
          boolean momentum = spec.name().startsWith("m/");
          var from = difference(spec.name().substring(2));
          for (long at = 0; at < spec.shape().elements(); at += blockElements) {
            int count = (int) Math.min(blockElements, spec.shape().elements() - at);
            if (before.isPresent()) {
              var old = Objects.requireNonNull(known.get(spec.name()));
              System.arraycopy(reader.doubles(before.get(), old, at, count), 0, first, 0, count);
            } else {
              Arrays.fill(first, 0, count, momentum ? 0 : optimizer.firstSecond());
            }
            var moved = other.doubles(combined, from, at, count);
            for (int i = 0; i < count; i++) {
              result[i] =
                  momentum
                      ? optimizer.first(first[i], moved[i])
                      : optimizer.second(first[i], moved[i]);
            }
            append(writer, spec, count);
          }
        }
        return writer.finish();
      }
    }

    ModelHash model(Optional<? extends TensorSource> kept, Path file, Durability durability)
        throws IOException {
      var known = kept.map(ServerStep::byName).orElse(Map.of());
      try (var writer = ModelWriter.open(base.specs(), base.aliases(), file, durability)) {
        for (var spec : writer.order()) {
          for (long at = 0; at < spec.shape().elements(); at += blockElements) {
            int count = (int) Math.min(blockElements, spec.shape().elements() - at);
            if (AggregationPlan.isStepped(spec, exclude)) {
              moments(spec, kept, known, at, count);
              step(spec, at, count);
              append(writer, spec, count);
            } else {
              writer.append(reader.bytes(combined, difference(spec.name()), at, count));
            }
          }
        }
        return writer.finish();
      }
    }

    private void moments(
        TensorSpec spec,
        Optional<? extends TensorSource> kept,
        Map<String, TensorSpec> known,
        long at,
        int count)
        throws IOException {
      if (kept.isEmpty()) {
        // Nothing was remembered, so the moment is the difference itself.
        var moved = reader.doubles(combined, difference(spec.name()), at, count);
        System.arraycopy(moved, 0, first, 0, count);
        return;
      }
      var m = Objects.requireNonNull(known.get("m/" + spec.name()));
      System.arraycopy(reader.doubles(kept.get(), m, at, count), 0, first, 0, count);
      if (optimizer.keepsSecond()) {
        var v = Objects.requireNonNull(known.get("v/" + spec.name()));
        System.arraycopy(reader.doubles(kept.get(), v, at, count), 0, second, 0, count);
      }
    }

    private void step(TensorSpec spec, long at, int count) throws IOException {
      var start = reader.doubles(base, spec, at, count);
      for (int i = 0; i < count; i++) {
        result[i] = start[i] + optimizer.step(first[i], second[i]);
      }
    }

    private void append(ModelWriter writer, TensorSpec spec, int count) throws IOException {
      var block = out.asSlice(0, (long) count * spec.dtype().sizeBytes());
      reader.elements(spec.dtype()).encode(result, block);
      writer.append(block);
    }

    private TensorSpec difference(String name) {
      return Objects.requireNonNull(
          differences.get(name), "the combined differences lack a tensor");
    }
  }

  private static TensorSpec kept(String prefix, TensorSpec spec) {
    var type = spec.dtype() == DType.F64 ? DType.F64 : DType.F32;
    return new TensorSpec(prefix + spec.name(), type, spec.shape(), Role.BUFFER);
  }

  private static boolean fits(TensorSpec spec, Map<String, TensorSpec> known) {
    var found = known.get(spec.name());
    return found != null && found.dtype() == spec.dtype() && found.shape().equals(spec.shape());
  }
}
