package org.wardfl.server.result;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.wardfl.aggregator.statistics.PooledHistogram;
import org.wardfl.aggregator.statistics.Quantiles;
import org.wardfl.algo.statistics.Extremes;
import org.wardfl.algo.statistics.Histogram;
import org.wardfl.algo.statistics.Moments;
import org.wardfl.algo.statistics.Statistic;

/// [JobStatistics] in the layout of NVIDIA FLARE's `statistics.json`: feature, then statistic, then
/// `site-dataset` or `Global-dataset`, then the value. A histogram is a list of `[low, high,
/// count]`.
///
/// Where a number may not leave its site, `{"suppressed": "why"}` stands in its place; of a
/// quantile that is too coarse, with `low` and `high`, between which it lies. Of a class, the
/// dataset's name is followed by `/column=value`.
final class StatisticsJson {

  private static final String GLOBAL = "Global";
  private static final String SUPPRESSED = "suppressed";

  private final JobStatistics statistics;

  private StatisticsJson(JobStatistics statistics) {
    this.statistics = statistics;
  }

  static Map<String, Object> of(List<JobStatistics> all) {
    var json = new LinkedHashMap<String, Object>();
    for (var statistics : all) {
      json.putAll(new StatisticsJson(statistics).features());
    }
    return json;
  }

  /// What is known of one feature, of a site or of all.
  private record Known(
      OptionalLong count,
      OptionalLong missing,
      Optional<Moments> moments,
      Optional<Extremes> extremes,
      Optional<Histogram> histogram,
      Optional<Quantiles> quantiles) {}

  private Map<String, Object> features() {
    var json = new LinkedHashMap<String, Map<String, Map<String, Object>>>();
    for (var feature : statistics.features()) {
      var byStatistic = json.computeIfAbsent(feature.name(), _ -> new LinkedHashMap<>());
      for (var statistic : statistics.asked().statistics()) {
        byStatistic
            .computeIfAbsent(word(statistic), _ -> new LinkedHashMap<>())
            .putAll(values(feature, statistic));
      }
    }
    return new LinkedHashMap<>(json);
  }

  // FLARE's word.
  private static String word(Statistic statistic) {
    return statistic == Statistic.QUANTILES ? "quantile" : statistic.word();
  }

  private Map<String, Object> values(JobStatistics.Feature feature, Statistic statistic) {
    var values = new LinkedHashMap<String, Object>();
    var end = "-" + statistics.dataset() + (feature.group().isEmpty() ? "" : "/" + feature.group());
    feature
        .sites()
        .forEach((site, told) -> {
          var known =
              new Known(
                  told.count(),
                  told.missing(),
                  told.moments(),
                  told.extremes(),
                  told.histogram(),
                  JobStatistics.quantiles(told));
          values.put(
              site + end,
              value(known, statistic)
                  .orElseGet(() ->
                      suppressed(
                          JobStatistics.reason(told, statistic)
                              .orElse("the site does not tell it"))));
        });
    var pooled = feature.pooled();
    var all =
        new Known(
            pooled.count(),
            pooled.missing(),
            pooled.moments(),
            pooled.extremes(),
            pooled.histogram().map(PooledHistogram::histogram),
            pooled.quantiles());
    values.put(
        GLOBAL + end,
        value(all, statistic)
            .orElseGet(() ->
                suppressed(
                    feature.remarks().isEmpty()
                        ? "no site tells it"
                        : feature.remarks().getLast())));
    return values;
  }

  private static Object suppressed(String why) {
    return Map.of(SUPPRESSED, why);
  }

  private Optional<Object> value(Known known, Statistic statistic) {
    return switch (statistic) {
      case COUNT -> number(known.count());
      case MISSING -> number(known.missing());
      case SUM -> known.moments().map(Moments::sum);
      case MEAN -> known.moments().map(Moments::mean);
      case STDDEV -> known.moments().map(Moments::deviation);
      case MIN -> known.extremes().map(Extremes::min);
      case MAX -> known.extremes().map(Extremes::max);
      case HISTOGRAM -> known.histogram().map(StatisticsJson::bins);
      case QUANTILES -> quantiles(known);
    };
  }

  private static Optional<Object> number(OptionalLong number) {
    return number.isPresent() ? Optional.of(number.getAsLong()) : Optional.empty();
  }

  private static Object bins(Histogram histogram) {
    var bins = new ArrayList<List<Object>>();
    for (int i = 0; i < histogram.counts().size(); i++) {
      bins.add(
          List.of(
              histogram.edges().get(i), histogram.edges().get(i + 1), histogram.counts().get(i)));
    }
    return bins;
  }

  private Optional<Object> quantiles(Known known) {
    var quantiles = new LinkedHashMap<String, Object>();
    for (var share : statistics.asked().quantiles()) {
      quantile(known, share).ifPresent(value -> quantiles.put(share.toString(), value));
    }
    return quantiles.isEmpty() ? Optional.empty() : Optional.of(quantiles);
  }

  private Optional<Object> quantile(Known known, double share) {
    if (known.quantiles().isEmpty()) {
      // Without width there is one value only.
      return known.extremes().filter(ends -> ends.min() == ends.max()).map(Extremes::min);
    }
    var quantile = known.quantiles().get().at(share, statistics.asked().bins());
    if (quantile.isEmpty()) {
      return Optional.of(suppressed("it lies outside the range of the histogram"));
    }
    return Optional.of(
        quantile.get().isCoarse() ? coarse(quantile.get()) : (Object) quantile.get().value());
  }

  private static Object coarse(Quantiles.Quantile quantile) {
    var json = new LinkedHashMap<String, Object>();
    json.put(
        SUPPRESSED,
        "too coarse: the joined bins that it lies in are more than "
            + Math.round(100 * Quantiles.COARSE)
            + " % of the range");
    json.put("low", quantile.low());
    json.put("high", quantile.high());
    return json;
  }
}
