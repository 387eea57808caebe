package org.wardfl.proto.job;

import java.util.Optional;
import org.wardfl.proto.WireException;
import org.wardfl.proto.wire.AggregationDefinition;

/// [AggregationChoice] as protobuf.
final class AggregationCodec {

  private AggregationCodec() {}

  /// The message for a choice; none for the mean, so that the bytes of a job that names no rule
  /// stay what they were before there was a choice.
  static Optional<AggregationDefinition> toWire(AggregationChoice choice) {
    return switch (choice) {
      case AggregationChoice.Mean _ -> Optional.empty();
    };
  }

  /// The choice in a message.
  ///
  /// @throws WireException if it is unknown
  static AggregationChoice fromWire(AggregationDefinition wire) throws WireException {
    return switch (wire.getKindCase()) {
      case MEAN -> new AggregationChoice.Mean();
      case KIND_NOT_SET -> throw new WireException("unknown aggregation rule");
    };
  }
}
