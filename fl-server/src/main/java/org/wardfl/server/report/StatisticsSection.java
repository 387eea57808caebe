package org.wardfl.server.report;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.function.ToIntFunction;
import org.wardfl.aggregator.statistics.Quantiles;
import org.wardfl.algo.SiteName;
import org.wardfl.algo.statistics.Extremes;
import org.wardfl.algo.statistics.FeatureStatistics;
import org.wardfl.algo.statistics.Histogram;
import org.wardfl.algo.statistics.Moments;
import org.wardfl.server.result.JobStatistics;

/// Statistics of the sites' data: for each feature the histograms of the sites over each other, a
/// table, and what is not told.
///
/// @param statistics of one workflow
/// @param colour the index of a site's colour, the same in all charts
record StatisticsSection(JobStatistics statistics, ToIntFunction<SiteName> colour) {

  /// More features would bury the reader; all are in `statistics.json`.
  private static final int FEATURES = 60;

  private static final double MEDIAN = 0.5;

  void write(Markup page) {
    page.open("section").element("h2", "Statistics of " + statistics.dataset());
    var all = statistics.features().stream().filter(feature -> !isHeldBack(feature)).toList();
    page.element(
        "p",
        "Curves show which share of a site's values lies in each of "
            + statistics.asked().bins()
            + " equal parts of the range; a site may have joined parts that hold few patients, and"
            + " its values are drawn as if spread evenly over them."
            + (all.size() > FEATURES
                ? " The first "
                    + FEATURES
                    + " of "
                    + all.size()
                    + " features; statistics.json has all."
                : ""),
        "class",
        "note lead");
    page.open("div", "class", "grid statistics");
    all.stream().limit(FEATURES).forEach(feature -> figure(page, feature));
    page.close().close();
  }

  private void figure(Markup page, JobStatistics.Feature feature) {
    page.open("figure");
    page.open("figcaption").element("h3", title(feature)).close();
    chart(feature).ifPresent(chart -> chart.write(page));
    table(page, feature);
    remarks(page, feature);
    page.close();
  }

  private static String title(JobStatistics.Feature feature) {
    return feature.group().isEmpty() ? feature.name() : feature.name() + ", " + feature.group();
  }

  private Optional<HistogramChart> chart(JobStatistics.Feature feature) {
    var steps = new ArrayList<HistogramChart.Steps>();
    var all = new ArrayList<Histogram>();
    feature
        .sites()
        .forEach((site, told) ->
            told.histogram()
                .ifPresent(histogram -> {
                  all.add(histogram);
                  steps.add(
                      new HistogramChart.Steps(
                          site.value(), Curve.style(colour.applyAsInt(site)), List.of(histogram)));
                }));
    return feature
        .pooled()
        .histogram()
        .map(pooled -> {
          steps.addFirst(new HistogramChart.Steps("all sites", "mean", all));
          return new HistogramChart(
              title(feature), statistics.asked().bins(), steps, pooled.histogram());
        });
  }

  private void table(Markup page, JobStatistics.Feature feature) {
    page.open("div", "class", "scroll", "tabindex", "0").open("table").open("thead").open("tr");
    for (var heading :
        List.of("Site", "values", "missing", "mean", "deviation", "min", "median", "max")) {
      page.element("th", heading, "scope", "col");
    }
    page.close().close().open("tbody");
    feature
        .sites()
        .forEach((site, told) ->
            row(
                page,
                site.value(),
                told.count(),
                told.missing(),
                told.moments(),
                told.extremes(),
                JobStatistics.quantiles(told)));
    var pooled = feature.pooled();
    row(
        page,
        "all sites",
        pooled.count(),
        pooled.missing(),
        pooled.moments(),
        pooled.extremes(),
        pooled.quantiles());
    page.close().close().close();
  }

  private void row(
      Markup page,
      String name,
      OptionalLong count,
      OptionalLong missing,
      Optional<Moments> moments,
      Optional<Extremes> extremes,
      Optional<Quantiles> quantiles) {
    page.open("tr").element("th", name, "scope", "row");
    cell(page, count.isPresent() ? Display.count(count.getAsLong()) : "");
    cell(page, missing.isPresent() ? Display.count(missing.getAsLong()) : "");
    cell(page, moments.map(known -> Display.number(known.mean())).orElse(""));
    cell(
        page,
        moments
            .filter(known -> known.count() > 1)
            .map(known -> Display.number(known.deviation()))
            .orElse(""));
    cell(page, extremes.map(known -> Display.number(known.min())).orElse(""));
    cell(
        page,
        quantiles
            .flatMap(known -> known.at(MEDIAN, statistics.asked().bins()))
            .map(StatisticsSection::median)
            .orElse(""));
    cell(page, extremes.map(known -> Display.number(known.max())).orElse(""));
    page.close();
  }

  private static String median(Quantiles.Quantile median) {
    return median.isCoarse()
        ? Display.number(median.low()) + " to " + Display.number(median.high())
        : Display.number(median.value());
  }

  // Never zero: what is not told is not there.
  private static void cell(Markup page, String value) {
    page.element(
        "td", value.isEmpty() ? "not told" : value, "class", value.isEmpty() ? "untold" : "");
  }

  /// Classes that a site does not tell are one entry without a class.
  private static boolean isHeldBack(JobStatistics.Feature feature) {
    return feature.group().endsWith("=");
  }

  /// The sites that do not tell the classes of a feature; none for a class itself.
  private SortedMap<SiteName, FeatureStatistics> heldBack(JobStatistics.Feature of) {
    return statistics.features().stream()
        .filter(feature -> of.group().isEmpty() && feature.name().equals(of.name()))
        .filter(StatisticsSection::isHeldBack)
        .map(JobStatistics.Feature::sites)
        .findFirst()
        .orElseGet(Collections::emptySortedMap);
  }

  private void remarks(Markup page, JobStatistics.Feature feature) {
    page.open("ul", "class", "remarks note");
    feature.remarks().forEach(remark -> page.element("li", remark));
    var sites = new LinkedHashMap<String, List<String>>();
    feature
        .sites()
        .forEach((site, told) ->
            told.remarks()
                .forEach(remark ->
                    sites
                        .computeIfAbsent(remark.sentence(), _ -> new ArrayList<>())
                        .add(site.value())));
    heldBack(feature)
        .forEach((site, told) ->
            told.remarks()
                .forEach(remark ->
                    sites
                        .computeIfAbsent("by class: " + remark.sentence(), _ -> new ArrayList<>())
                        .add(site.value())));
    sites.forEach(
        (sentence, names) -> page.element("li", String.join(", ", names) + ": " + sentence));
    page.close();
  }
}
