package org.wardfl.proto.admin;

import java.util.ArrayList;
import java.util.List;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.WireException;
import org.wardfl.proto.wire.ExplainReply;
import org.wardfl.proto.wire.ForecastVerdict;

/// What sites would say, as protobuf.
public final class ForecastCodec {

  private ForecastCodec() {}

  /// The message for what sites would say.
  public static ExplainReply toWire(List<SiteForecast> forecasts) {
    var wire = ExplainReply.newBuilder();
    for (var forecast : forecasts) {
      wire.addSites(
          org.wardfl.proto.wire.SiteForecast.newBuilder()
              .setSite(forecast.site().value())
              .setVerdict(toWire(forecast.verdict()))
              .setReason(forecast.reason()));
    }
    return wire.build();
  }

  /// What sites would say, as a message has it.
  ///
  /// @throws WireException if a part is unknown
  public static List<SiteForecast> fromWire(ExplainReply wire) throws WireException {
    try {
      var forecasts = new ArrayList<SiteForecast>();
      for (var site : wire.getSitesList()) {
        forecasts.add(
            new SiteForecast(
                new SiteName(site.getSite()), fromWire(site.getVerdict()), site.getReason()));
      }
      return forecasts;
    } catch (IllegalArgumentException e) {
      throw new WireException("forecast: " + e.getMessage(), e);
    }
  }

  private static ForecastVerdict toWire(SiteForecast.Verdict verdict) {
    return switch (verdict) {
      case WOULD_TAKE -> ForecastVerdict.FORECAST_VERDICT_WOULD_TAKE;
      case WOULD_REFUSE -> ForecastVerdict.FORECAST_VERDICT_WOULD_REFUSE;
      case NEEDS_APPROVAL -> ForecastVerdict.FORECAST_VERDICT_NEEDS_APPROVAL;
      case PAUSED -> ForecastVerdict.FORECAST_VERDICT_PAUSED;
      case TOO_SMALL -> ForecastVerdict.FORECAST_VERDICT_TOO_SMALL;
      case CLOSED -> ForecastVerdict.FORECAST_VERDICT_CLOSED;
      case OFFLINE -> ForecastVerdict.FORECAST_VERDICT_OFFLINE;
      case DISABLED -> ForecastVerdict.FORECAST_VERDICT_DISABLED;
      case NO_ANSWER -> ForecastVerdict.FORECAST_VERDICT_NO_ANSWER;
    };
  }

  private static SiteForecast.Verdict fromWire(ForecastVerdict wire) throws WireException {
    return switch (wire) {
      case FORECAST_VERDICT_WOULD_TAKE -> SiteForecast.Verdict.WOULD_TAKE;
      case FORECAST_VERDICT_WOULD_REFUSE -> SiteForecast.Verdict.WOULD_REFUSE;
      case FORECAST_VERDICT_NEEDS_APPROVAL -> SiteForecast.Verdict.NEEDS_APPROVAL;
      case FORECAST_VERDICT_PAUSED -> SiteForecast.Verdict.PAUSED;
      case FORECAST_VERDICT_TOO_SMALL -> SiteForecast.Verdict.TOO_SMALL;
      case FORECAST_VERDICT_CLOSED -> SiteForecast.Verdict.CLOSED;
      case FORECAST_VERDICT_OFFLINE -> SiteForecast.Verdict.OFFLINE;
      case FORECAST_VERDICT_DISABLED -> SiteForecast.Verdict.DISABLED;
      case FORECAST_VERDICT_NO_ANSWER -> SiteForecast.Verdict.NO_ANSWER;
      case FORECAST_VERDICT_UNSPECIFIED, UNRECOGNIZED ->
          throw new WireException("verdict " + wire + " of a site is not known here");
    };
  }
}
