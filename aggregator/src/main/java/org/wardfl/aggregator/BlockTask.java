package org.wardfl.aggregator;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.wardfl.algo.WeightType;
import org.wardfl.algo.tensor.DType;
import org.wardfl.algo.tensor.Role;
import org.wardfl.algo.tensor.TensorSource;
import org.wardfl.algo.tensor.TensorSpec;

/// Computes blocks of the next model; one per thread.
final class BlockTask {

  private final AggregationPlan plan;
  private final TensorSource base;
  private final AggregationRule.Worker rule;
  private final BlockReader reader;
  private final double[] combined;
  private final double[] start;

  BlockTask(AggregationPlan plan, TensorSource base, int capacity, Arena arena) {
    this.plan = plan;
    this.base = base;
    this.rule = plan.rule().worker(capacity);
    this.reader = new BlockReader(capacity, arena);
    this.combined = new double[capacity];
    this.start = new double[capacity];
  }

  /// Thrown when sites disagree about a tensor that never changes.
  static final class ConstantsDifferException extends IOException {
    private static final long serialVersionUID = 1L;

    ConstantsDifferException(String message) {
      super(message);
    }
  }

  /// Computes a block.
  ///
  /// @param spec the base's tensor
  /// @param senders the contributions that have it, in site order, with positive weights
  /// @param into receives the bytes
  void compute(
      TensorSpec spec,
      List<Contribution.Plain> senders,
      long firstElement,
      int count,
      MemorySegment into)
      throws IOException {
    if (spec.role() == Role.CONSTANT) {
      checkConstant(spec, senders, firstElement, count);
    }
    boolean kept =
        senders.isEmpty()
            || spec.role() == Role.CONSTANT
            || plan.excludes(spec.name())
            || keepsCounter(spec);
    if (plan.isDifference(spec)) {
      difference(spec, senders, firstElement, count, into);
    } else if (kept) {
      MemorySegment.copy(
          reader.bytes(base, spec, firstElement, count), 0, into, 0, into.byteSize());
    } else if (!spec.dtype().isFloating() && plan.counters() == CounterPolicy.MAX) {
      maximum(spec, senders, firstElement, count, into);
    } else {
      combine(spec, senders, firstElement, count, into);
    }
  }

  private boolean keepsCounter(TensorSpec spec) {
    return switch (spec.dtype()) {
      case F16, BF16, F32, F64 -> false;
      case BOOL -> true;
      case I8, U8, I16, U16, I32, U32, I64, U64 -> plan.counters() == CounterPolicy.KEEP;
    };
  }

  private void difference(
      TensorSpec spec,
      List<Contribution.Plain> senders,
      long firstElement,
      int count,
      MemorySegment into)
      throws IOException {
    if (senders.isEmpty()) {
      into.fill((byte) 0);
    } else {
      combine(spec, senders, firstElement, count);
      reader.elements(DType.F64).encode(combined, into);
    }
  }

  private void combine(
      TensorSpec spec,
      List<Contribution.Plain> senders,
      long firstElement,
      int count,
      MemorySegment into)
      throws IOException {
    combine(spec, senders, firstElement, count);
    if (plan.type() == WeightType.DIFF) {
      addBase(spec, firstElement, count);
    }
    if (!spec.dtype().isFloating()) {
      settle(count);
    }
    reader.elements(spec.dtype()).encode(combined, into);
  }

  private void combine(
      TensorSpec spec, List<Contribution.Plain> senders, long firstElement, int count)
      throws IOException {
    rule.begin(count);
    for (var sender : senders) {
      var theirs = sender.weights().spec(spec.name()).orElseThrow();
      switch (spec.dtype()) {
        case F32 ->
            rule.add(
                reader.floats(sender.weights(), theirs, firstElement, count),
                count,
                sender.weight());
        case F16, BF16, F64, I8, U8, I16, U16, I32, U32, I64, U64, BOOL ->
            rule.add(
                reader.doubles(sender.weights(), theirs, firstElement, count), sender.weight());
      }
    }
    rule.finish(combined);
  }

  private void addBase(TensorSpec spec, long firstElement, int count) throws IOException {
    if (spec.dtype() == DType.F32) {
      var values = reader.floats(base, spec, firstElement, count);
      for (int i = 0; i < count; i++) {
        combined[i] += values[i];
      }
    } else {
      var values = reader.doubles(base, spec, firstElement, count);
      for (int i = 0; i < count; i++) {
        combined[i] += values[i];
      }
    }
  }

  // A mean that is whole but for rounding must not be truncated to the number below it.
  private void settle(int count) {
    for (int i = 0; i < count; i++) {
      double nearest = Math.rint(combined[i]);
      if (Math.abs(combined[i] - nearest) <= 1e-9 * Math.max(1, Math.abs(nearest))) {
        combined[i] = nearest;
      }
    }
  }

  private void maximum(
      TensorSpec spec,
      List<Contribution.Plain> senders,
      long firstElement,
      int count,
      MemorySegment into)
      throws IOException {
    // Differences are counted from the base, so the largest sum belongs to the largest difference.
    var largest = new long[count];
    java.util.Arrays.fill(largest, Long.MIN_VALUE);
    for (var sender : senders) {
      var theirs = sender.weights().spec(spec.name()).orElseThrow();
      var values = reader.wholes(sender.weights(), theirs, firstElement, count);
      for (int i = 0; i < count; i++) {
        largest[i] = Math.max(largest[i], values[i]);
      }
    }
    if (plan.type() == WeightType.DIFF) {
      var values = reader.wholes(base, spec, firstElement, count);
      for (int i = 0; i < count; i++) {
        largest[i] += values[i];
      }
    }
    reader.elements(spec.dtype()).encodeIntegers(largest, into);
  }

  private void checkConstant(
      TensorSpec spec, List<Contribution.Plain> senders, long firstElement, int count)
      throws IOException {
    boolean difference = plan.type() == WeightType.DIFF;
    System.arraycopy(reader.doubles(base, spec, firstElement, count), 0, start, 0, count);
    for (var sender : senders) {
      var theirs = sender.weights().spec(spec.name()).orElseThrow();
      var values = reader.doubles(sender.weights(), theirs, firstElement, count);
      for (int i = 0; i < count; i++) {
        if (values[i] != (difference ? 0 : start[i])) {
          throw new ConstantsDifferException(
              "tensor "
                  + spec.name()
                  + " from "
                  + sender.site()
                  + " differs from the model, but its role is CONSTANT");
        }
      }
    }
  }
}
