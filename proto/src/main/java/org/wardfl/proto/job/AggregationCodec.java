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
      case AggregationChoice.Clipped(var clip, var then) ->
          Optional.of(rule(then).setClip(toWire(clip)).build());
      case AggregationChoice.Median _,
          AggregationChoice.TrimmedMean _,
          AggregationChoice.Krum _,
          AggregationChoice.MultiKrum _,
          AggregationChoice.GeometricMedian _ ->
          Optional.of(rule(choice).build());
    };
  }

  private static AggregationDefinition.Builder rule(AggregationChoice choice) {
    var wire = AggregationDefinition.newBuilder();
    return switch (choice) {
      case AggregationChoice.Mean _ ->
          wire.setMean(AggregationDefinition.Mean.getDefaultInstance());
      case AggregationChoice.Median(var badSites) ->
          wire.setMedian(AggregationDefinition.Robust.newBuilder().setBadSites(badSites));
      case AggregationChoice.TrimmedMean(var badSites) ->
          wire.setTrimmedMean(AggregationDefinition.Robust.newBuilder().setBadSites(badSites));
      case AggregationChoice.Krum(var badSites) ->
          wire.setKrum(AggregationDefinition.Robust.newBuilder().setBadSites(badSites));
      case AggregationChoice.MultiKrum(var badSites, var keep) ->
          wire.setMultiKrum(
              AggregationDefinition.MultiKrum.newBuilder().setBadSites(badSites).setKeep(keep));
      case AggregationChoice.GeometricMedian(var badSites) ->
          wire.setGeometricMedian(AggregationDefinition.Robust.newBuilder().setBadSites(badSites));
      case AggregationChoice.Clipped _ ->
          throw new IllegalArgumentException("updates are clipped once");
    };
  }

  private static AggregationDefinition.Clip toWire(AggregationChoice.Clip clip) {
    var wire = AggregationDefinition.Clip.newBuilder();
    return switch (clip) {
      case AggregationChoice.Clip.Norm(var norm) -> wire.setNorm(norm).build();
      case AggregationChoice.Clip.MedianNorm _ ->
          wire.setMedianNorm(AggregationDefinition.MedianNorm.getDefaultInstance()).build();
    };
  }

  /// The choice in a message.
  ///
  /// @throws WireException if it is unknown
  static AggregationChoice fromWire(AggregationDefinition wire) throws WireException {
    var rule =
        switch (wire.getKindCase()) {
          case MEAN -> new AggregationChoice.Mean();
          case MEDIAN -> new AggregationChoice.Median(wire.getMedian().getBadSites());
          case TRIMMED_MEAN ->
              new AggregationChoice.TrimmedMean(wire.getTrimmedMean().getBadSites());
          case KRUM -> new AggregationChoice.Krum(wire.getKrum().getBadSites());
          case MULTI_KRUM ->
              new AggregationChoice.MultiKrum(
                  wire.getMultiKrum().getBadSites(), wire.getMultiKrum().getKeep());
          case GEOMETRIC_MEDIAN ->
              new AggregationChoice.GeometricMedian(wire.getGeometricMedian().getBadSites());
          case KIND_NOT_SET -> throw new WireException("unknown aggregation rule");
        };
    return wire.hasClip() ? new AggregationChoice.Clipped(fromWire(wire.getClip()), rule) : rule;
  }

  private static AggregationChoice.Clip fromWire(AggregationDefinition.Clip wire)
      throws WireException {
    return switch (wire.getKindCase()) {
      case NORM -> new AggregationChoice.Clip.Norm(wire.getNorm());
      case MEDIAN_NORM -> new AggregationChoice.Clip.MedianNorm();
      case KIND_NOT_SET -> throw new WireException("unknown bound for the norms of updates");
    };
  }
}
