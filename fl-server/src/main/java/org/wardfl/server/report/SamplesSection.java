package org.wardfl.server.report;

import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.wardfl.algo.SiteName;
import org.wardfl.proto.sample.Sample;
import org.wardfl.proto.sample.SampleSet;
import org.wardfl.server.result.RunRecord;

/// A few cases of each site with prediction and truth side by side, in a simulation. Elsewhere the
/// pictures are at the sites and stay there; then the section says so.
///
/// @param asked how many pictures of cases the job asks each site to keep
/// @param sites what there is of them here
record SamplesSection(long asked, SortedMap<SiteName, SiteSamples> sites) {

  /// For a job without samples.
  static final SamplesSection NONE = new SamplesSection(0, new TreeMap<>());

  private static final Set<String> ALGORITHMS =
      Set.of("torch-segmentation", "torch-classification");
  private static final int MOST_CASES = 96;
  private static final int MOST_BYTES = 6 << 20;
  // The style sheet has as many.
  private static final int COLOURS = 6;

  /// Copies.
  SamplesSection {
    sites = Collections.unmodifiableSortedMap(new TreeMap<>(sites));
  }

  static SamplesSection of(RunRecord record, SortedMap<SiteName, SiteSamples> sites) {
    var algorithm = record.definition().algorithm();
    boolean asked =
        ALGORITHMS.contains(algorithm.type()) && algorithm.given().values().containsKey("samples");
    return new SamplesSection(
        asked && algorithm.given().values().get("samples") instanceof Long count ? count : 0,
        sites);
  }

  boolean hasPictures() {
    return sites.values().stream().anyMatch(SiteSamples.Shown.class::isInstance);
  }

  void write(Markup page) {
    if (asked == 0 && sites.isEmpty()) {
      return;
    }
    page.open("section").element("h2", "Prediction and truth");
    if (sites.isEmpty()) {
      page.element(
          "p",
          "Pictures of patients never leave a hospital, so there are none here. The job asks each"
              + " site for "
              + Display.count(asked, "sample")
              + " of its evaluation; a site whose site.yaml has the key `samples` keeps them in that"
              + " folder, under the job\u2019s number.",
          "class",
          "lead");
    } else {
      page.element(
          "p",
          "Cases that the last model was scored on, drawn by the job\u2019s seed and not by how well"
              + " they went. This report shows them because all sites of a simulation are on one"
              + " machine; in a federation they stay at the hospital.",
          "class",
          "lead");
      all(page);
    }
    page.close();
  }

  private void all(Markup page) {
    legend(page);
    int cases = 0;
    int left = 0;
    long bytes = 0;
    for (var site :
        sites.entrySet().stream().sorted(Map.Entry.comparingByKey(RunReport.SITES)).toList()) {
      page.element("h3", site.getKey().value(), "class", "site");
      switch (site.getValue()) {
        case SiteSamples.Refused(var reason) ->
            page.element("p", "None is shown: " + reason + ".", "class", "note");
        case SiteSamples.Shown(var set) -> {
          page.open("div", "class", "samples " + kind(set.samples().getFirst()));
          for (int i = 0; i < set.samples().size(); i++) {
            long size = size(set, i);
            if (cases == MOST_CASES || bytes + size > MOST_BYTES) {
              left++;
              continue;
            }
            cases++;
            bytes += size;
            figure(page, site.getKey(), set, i);
          }
          page.close();
        }
      }
    }
    if (left > 0) {
      page.element(
          "p",
          Display.count(left, "further sample") + ": in the folder samples beside this report.",
          "class",
          "note");
    }
  }

  private static long size(SampleSet set, int at) {
    return set.samples().get(at).pictures().stream()
        .mapToLong(picture -> set.picture(at, picture).length)
        .sum();
  }

  private static String kind(Sample sample) {
    return switch (sample) {
      case Sample.Segmented _ -> "segmented";
      case Sample.Classified _ -> "classified";
    };
  }

  /// What the colours of outlines mean, the same at all sites.
  private void legend(Markup page) {
    var outlined = new LinkedHashSet<List<String>>();
    for (var site : sites.values()) {
      if (site instanceof SiteSamples.Shown(var set)
          && set.samples().getFirst() instanceof Sample.Segmented segmented) {
        outlined.add(segmented.classes());
      }
    }
    for (var classes : outlined) {
      page.open("ul", "class", "legend outlines");
      for (int i = 0; i < classes.size(); i++) {
        page.open("li").element("span", "", "class", "key o" + i % COLOURS);
        page.text(classes.get(i)).close();
      }
      page.close();
    }
  }

  private static void figure(Markup page, SiteName site, SampleSet set, int at) {
    var sample = set.samples().get(at);
    page.open("figure", "class", "sample").open("div", "class", "pictures");
    for (var picture : sample.pictures()) {
      page.open("div");
      page.empty(
          "img",
          "src",
          "data:image/png;base64," + Base64.getEncoder().encodeToString(set.picture(at, picture)),
          "alt",
          alternative(site, sample, picture));
      if (sample.pictures().size() > 1) {
        page.element("span", picture, "class", "detail");
      }
      page.close();
    }
    page.close().open("figcaption");
    switch (sample) {
      case Sample.Segmented segmented -> caption(page, segmented);
      case Sample.Classified classified -> caption(page, classified);
    }
    page.close().close();
  }

  private static void caption(Markup page, Sample.Segmented sample) {
    page.open("b").text(sample.dice().map(dice -> "Dice " + Display.number(dice)).orElse("–"));
    page.close().element("span", place(sample), "class", "detail");
  }

  private static void caption(Markup page, Sample.Classified sample) {
    page.element(
        "span",
        sample.isRight() ? "right" : "wrong",
        "class",
        sample.isRight() ? "tag together" : "tag failed");
    page.open("dl");
    for (var line :
        List.of(
            Map.entry("Truth", sample.truth()),
            Map.entry(
                "Prediction", sample.predicted() + ", " + Display.share(sample.probability())))) {
      page.open("div").element("dt", line.getKey()).element("dd", line.getValue()).close();
    }
    page.close().element("span", place(sample), "class", "detail");
  }

  private static String place(Sample sample) {
    return switch (sample) {
      case Sample.Segmented of ->
          "Volume "
              + of.number()
              + " of "
              + of.cases()
              + ", slice "
              + of.slice()
              + " of "
              + of.slices()
              + " along "
              + of.axis();
      case Sample.Classified of -> "Picture " + of.number() + " of " + of.cases();
    };
  }

  private static String alternative(SiteName site, Sample sample, String picture) {
    var parts = new ArrayList<String>();
    parts.add(site.value());
    parts.add(place(sample));
    switch (sample) {
      case Sample.Segmented _ when picture.equals("image") -> {}
      case Sample.Segmented of ->
          parts.add(
              (picture.equals("truth") ? "true" : "predicted")
                  + " outline of "
                  + String.join(", ", of.classes()));
      case Sample.Classified of ->
          parts.add("truth " + of.truth() + ", prediction " + of.predicted());
    }
    return String.join(": ", parts);
  }
}
